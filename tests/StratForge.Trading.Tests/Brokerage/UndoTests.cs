using StratForge.Contracts.Orders;
using StratForge.Trading.Brokerage;

namespace StratForge.Trading.Tests.Brokerage;

public class UndoTests
{
    [Fact]
    public void A_first_fill_that_was_not_written_is_booked_once_when_it_comes_again()
    {
        var floor = new TradingFloor();
        floor.Quote(100, 100);
        var order = floor.Place(floor.Open(), Side.Buy, 10);
        var fill = new VenueReport.Executed(
            order.Id, Guid.CreateVersion7(floor.Now), Guid.CreateVersion7(floor.Now), 4, 100, floor.Now, 4);
        floor.House.Apply(fill, floor.Now);
        floor.House.Undo();
        floor.Report(fill);

        Assert.Equal(4m, order.Position.Now.Quantity);
        Assert.Same(order.Position, order.Account.PositionOf(null, TradingFloor.Stock));
    }
}
