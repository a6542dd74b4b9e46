using StratForge.Worker.Market;
using StratForge.Worker.Sessions;

namespace StratForge.Worker.Tests.Sessions;

public sealed class WaitingTicksTests
{
    [Fact]
    public void The_newest_trades_are_kept_and_the_newest_quote_of_each_symbol_in_the_order_in_which_they_came()
    {
        var waiting = new WaitingTicks();
        waiting.Add(0, Quote(1));
        waiting.Add(1, Quote(2));
        for (var price = 1; price <= WaitingTicks.MostTrades + 3; price++)
        {
            waiting.Add(0, new Tick(IsQuote: false, 0, price, 1, 0, 0));
        }

        waiting.Add(0, Quote(3));

        Assert.Equal(3, waiting.Dropped);
        var taken = waiting.Take();
        Assert.Equal((1, 2d), (taken[0].Place, taken[0].Tick.Price));
        Assert.Equal(Enumerable.Range(4, WaitingTicks.MostTrades).Select(price => (double)price), taken[1..^1].Select(one => one.Tick.Price));
        Assert.Equal((0, 3d), (taken[^1].Place, taken[^1].Tick.Price));
        Assert.True(waiting.IsEmpty);
        Assert.Equal(0, waiting.Dropped);
    }

    private static Tick Quote(double bid) => new(IsQuote: true, 0, bid, 1, bid + 1, 1);
}
