using FsCheck;
using FsCheck.Fluent;
using StratForge.Contracts.Orders;
using StratForge.SimulatedExchange.Accounts;
using StratForge.SimulatedExchange.Orders;

namespace StratForge.SimulatedExchange.Tests.Accounts;

public sealed class PositionTests
{
    private static Execution Trade(decimal units, decimal price) =>
        new(Guid.Empty, Guid.Empty, "SPY", units > 0m ? Side.Buy : Side.Sell, decimal.Abs(units), price, 0m, units, 0m, 0m, DateTimeOffset.UnixEpoch);

    private static Position? After(params (decimal Units, decimal Price)[] trades) =>
        trades.Aggregate((Position?)null, (position, trade) => Position.After(position, Trade(trade.Units, trade.Price)));

    [Fact]
    public void Adding_averages_the_price_and_reducing_keeps_it()
    {
        Assert.Equal(110m, After((10m, 100m), (10m, 120m))!.AveragePrice);
        Assert.Equal((5m, 110m), (After((10m, 100m), (10m, 120m), (-15m, 200m))!.Quantity, After((10m, 100m), (10m, 120m), (-15m, 200m))!.AveragePrice));
        Assert.Null(After((10m, 100m), (-10m, 120m)));
    }

    [Fact]
    public void Crossing_zero_opens_anew_at_the_price_of_the_crossing()
    {
        var crossed = After((10m, 100m), (-15m, 120m))!;

        Assert.Equal((-5m, 120m), (crossed.Quantity, crossed.AveragePrice));
        Assert.Equal(130m, After((-10m, 120m), (-10m, 140m))!.AveragePrice);
    }

    [Fact]
    public void A_position_is_the_sum_of_what_was_traded() =>
        Prop.ForAll(Gen.Choose(-50, 50).Where(units => units != 0).NonEmptyListOf().ToArbitrary(), trades =>
            (After([.. trades.Select(units => ((decimal)units, 100m))])?.Quantity ?? 0m) == trades.Sum()).QuickCheckThrowOnFailure();
}
