using StratForge.Contracts.Orders;
using StratForge.Trading.Matching;

namespace StratForge.Trading.Tests.Matching;

public sealed class StopElectionTests
{
    [Theory]
    [InlineData(Side.Sell, 95, 95.01, false)]
    [InlineData(Side.Sell, 95, 95, true)]
    [InlineData(Side.Sell, 95, 80, true)]
    [InlineData(Side.Buy, 105, 104.99, false)]
    [InlineData(Side.Buy, 105, 105, true)]
    [InlineData(Side.Buy, 105, 120, true)]
    public void A_stop_is_elected_at_its_price_and_beyond(Side side, double stop, double last, bool elected) =>
        Assert.Equal(elected, StopElection.IsElected(side, (decimal)stop, (decimal)last));

    [Theory]
    [InlineData(100, 102.5)]
    [InlineData(50, 51.25)]
    [InlineData(49.99, 51.98)]
    [InlineData(10, 10.4)]
    public void An_elected_buy_pays_only_little_more_than_its_stop(double stop, double limit) =>
        Assert.Equal((decimal)limit, StopElection.LimitOf(Side.Buy, (decimal)stop, 0.01m));

    [Fact]
    public void An_elected_sale_takes_any_price() => Assert.Null(StopElection.LimitOf(Side.Sell, 100m, 0.01m));
}
