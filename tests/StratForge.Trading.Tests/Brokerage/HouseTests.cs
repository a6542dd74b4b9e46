using StratForge.Contracts.Orders;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Orders;
using StratForge.Trading.Risk;

namespace StratForge.Trading.Tests.Brokerage;

public sealed class HouseTests
{
    private static readonly DateTimeOffset Noon = new(2024, 1, 8, 17, 0, 0, TimeSpan.Zero);
    private readonly House _house = new((_, _) => 0.01m, at => Guid.CreateVersion7(at));
    private int _orders;

    [Fact]
    public void A_fill_that_could_not_be_written_is_booked_once_when_it_comes_again()
    {
        var user = AUser();
        var order = Accept(user, Side.Buy, 10);
        _house.Keep();
        var sent = Send();

        Fill(sent, 10);
        _house.Undo();
        Fill(sent, 10);
        _house.Keep();

        Assert.Equal(10, order.Position.Now.Quantity);
        Assert.Same(order.Position, order.Account.PositionOf(null, "ABC"));
    }

    [Fact]
    public void What_is_at_the_broker_is_not_called_back_for_a_sale_that_waits_for_its_units()
    {
        var (one, other) = (AUser(), AUser());
        Accept(one, Side.Buy, 10);
        Accept(other, Side.Buy, 5);
        Accept(other, Side.Sell, 5);
        _house.Keep();
        var sent = Send();

        _house.Route(["ABC"], _ => AMarket, Noon + House.RestsAtMost, int.MaxValue);

        Assert.False(sent.Now.IsRecalled);
    }

    [Fact]
    public void Crypto_is_not_sold_short()
    {
        var answer = Take(AUser(), "BTC/USD", Side.Sell, 1, RiskLimits.Unlimited);

        Assert.Equal("INSUFFICIENT_QUANTITY", answer.Code);
    }

    private static MarketView AMarket => new(100, 99.99m, 100.01m, Noon, IsFresh: true);

    private Guid AUser()
    {
        var user = Guid.CreateVersion7(Noon);
        _house.Admit(user, new AccountState(100_000, 0, 0, 0), [], []);
        return user;
    }

    private Order Accept(Guid user, Side side, decimal quantity) =>
        Take(user, "ABC", side, quantity, RiskLimits.Unlimited with { AllowShorting = false }).Order!;

    private IntakeAnswer Take(Guid user, string symbol, Side side, decimal quantity, RiskLimits limits)
    {
        var at = Noon + TimeSpan.FromMicroseconds(_orders++);
        return _house.Accept(new IncomingOrder(
            Guid.CreateVersion7(at), user, null, null, new OrderTerms(symbol, side, quantity, OrderType.Market, "gtc"), 102, null, at,
            Risk: new RiskTerms(limits, TradingMode.Normal, 100, TimeSpan.Zero, 0)));
    }

    private BrokerOrder Send()
    {
        _house.Route(["ABC"], _ => AMarket, Noon, int.MaxValue);
        var sent = Assert.Single(_house.Pending.Sends);
        _house.Keep();
        return sent;
    }

    private void Fill(BrokerOrder sent, decimal quantity) =>
        _house.Apply(new VenueReport.Executed(sent.Id, Guid.CreateVersion7(Noon), Guid.CreateVersion7(Noon), quantity, 100, Noon, quantity), Noon);
}
