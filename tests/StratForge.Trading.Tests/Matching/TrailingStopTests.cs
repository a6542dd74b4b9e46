using FsCheck;
using FsCheck.Fluent;
using StratForge.Contracts.Orders;
using StratForge.Trading.Matching;

namespace StratForge.Trading.Tests.Matching;

public sealed class TrailingStopTests
{
    private const decimal Tick = 0.01m;

    [Theory]
    [InlineData(Side.Sell, 100.0, 2.0, null, 98.0)]
    [InlineData(Side.Sell, 100.0, null, 1.5, 98.5)]
    [InlineData(Side.Buy, 100.0, 2.0, null, 102.0)]
    [InlineData(Side.Buy, 100.0, null, 1.5, 101.5)]
    [InlineData(Side.Sell, 100.37, null, 1.5, 98.86)]
    [InlineData(Side.Buy, 100.37, null, 1.5, 101.88)]
    [InlineData(Side.Sell, 1.0, 5.0, null, 0.01)]
    public void The_stop_stands_its_distance_from_the_best_price(Side side, double best, double? price, double? percent, double stop) =>
        Assert.Equal((decimal)stop, TrailingStop.StopOf(side, (decimal)best, (decimal?)price, (decimal?)percent, Tick));

    [Fact]
    public void The_stop_never_goes_back_and_is_never_nearer_than_asked_for() =>
        Prop.ForAll(Gen.Choose(100, 20_000).NonEmptyListOf().ToArbitrary(), Gen.Choose(1, 50).ToArbitrary(), Gen.Elements(Side.Buy, Side.Sell).ToArbitrary(), (cents, percent, side) =>
        {
            decimal? best = null;
            decimal? stop = null;
            foreach (var last in cents.Select(cent => cent / 100m))
            {
                best = TrailingStop.Best(side, best, last);
                var next = TrailingStop.StopOf(side, best.Value, null, percent, Tick);
                var (nearest, back) = side == Side.Sell
                    ? (next > decimal.Max(Tick, best.Value * (1m - (percent / 100m))), next < stop)
                    : (next < best.Value * (1m + (percent / 100m)), next > stop);
                if (nearest || back)
                {
                    return false;
                }

                stop = next;
            }

            return true;
        }).QuickCheckThrowOnFailure();
}
