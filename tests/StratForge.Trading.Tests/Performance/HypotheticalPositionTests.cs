using FsCheck;
using FsCheck.Fluent;
using StratForge.Contracts.Orders;
using StratForge.Trading.Performance;

namespace StratForge.Trading.Tests.Performance;

public sealed class HypotheticalPositionTests
{
    private static readonly Arbitrary<(Side Side, decimal Quantity, decimal Price)[]> Fills =
        (from buy in Gen.Elements(true, false)
         from quantity in Gen.Choose(1, 50_000)
         from price in Gen.Choose(1, 2_000_000)
         select (buy ? Side.Buy : Side.Sell, quantity / 1_000m, price / 10_000m)).ArrayOf().ToArbitrary();

    [Fact]
    public void What_is_bought_at_100_and_sold_at_103_earns_3_a_unit()
    {
        var (bought, opened) = HypotheticalPosition.Flat.Fill(Side.Buy, 10, 100);
        var (half, first) = bought.Fill(Side.Sell, 4, 103);
        var (flat, rest) = half.Fill(Side.Sell, 6, 99);

        Assert.Null(opened);
        Assert.Equal((12m, -6m, 6m), (first!.Value, rest!.Value, flat.RealisedPnl));
        Assert.Equal((6m, 100m, 30m), (half.Quantity, half.AveragePrice, half.UnrealisedAt(105)));
        Assert.Equal(0, flat.Quantity);
    }

    [Fact]
    public void A_sale_of_more_than_is_held_leaves_a_short_position_at_its_price()
    {
        var (held, _) = HypotheticalPosition.Flat.Fill(Side.Buy, 2, 50);

        var (after, pnl) = held.Fill(Side.Sell, 5, 60);

        Assert.Equal(20m, pnl);
        Assert.Equal((-3m, 60m, 15m), (after.Quantity, after.AveragePrice, after.UnrealisedAt(55)));
    }

    [Fact]
    public void A_part_of_a_position_of_any_size_can_be_closed()
    {
        var vast = new HypotheticalPosition(1_000_000_000_000_000, 100_000_000_000_000_000_000m, -100_000_000_000_000_000_000m);

        var (after, pnl) = vast.Fill(Side.Sell, 1_000_000_000, 100_001);

        Assert.Equal(1_000_000_000m, pnl);
        Assert.Equal(99_999_900_000_000_000_000m, after.Cost);
    }

    [Fact]
    public void Cost_of_a_part_is_rounded_to_eight_places()
    {
        foreach (var (quantity, cost, closed, costOfIt) in new[] { (3m, 100m, 1m, 33.33333333m), (7m, 100m, 3m, 42.85714286m), (6m, 10m, 3m, 5m) })
        {
            Assert.Equal(cost - costOfIt, new HypotheticalPosition(quantity, cost, -cost).Fill(Side.Sell, closed, 1).After.Cost);
        }
    }

    [Fact]
    public void Profit_realised_and_unrealised_is_always_exactly_the_cash_and_the_value_of_what_is_held() =>
        Prop.ForAll(Fills, Gen.Choose(1, 2_000_000).ToArbitrary(), (fills, last) =>
        {
            var (position, cash, quantity, earned) = (HypotheticalPosition.Flat, 0m, 0m, 0m);
            foreach (var (side, units, price) in fills)
            {
                (position, var pnl) = position.Fill(side, units, price);
                earned += pnl ?? 0;
                cash += (side == Side.Buy ? -1 : 1) * units * price;
                quantity += (side == Side.Buy ? 1 : -1) * units;
            }

            var mark = last / 10_000m;
            return position.Quantity == quantity && position.RealisedPnl + position.UnrealisedAt(mark) == cash + (quantity * mark)
                && earned == position.RealisedPnl && (position.Quantity == 0) == (position.Cost == 0);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(Side.Buy, null, 100)]
    [InlineData(Side.Buy, 101, 100)]
    [InlineData(Side.Buy, 99, 99)]
    [InlineData(Side.Buy, 97, null)]
    [InlineData(Side.Sell, 99, 100)]
    [InlineData(Side.Sell, 102, 102)]
    [InlineData(Side.Sell, 104, null)]
    public void A_signal_fills_by_the_bar_after_it_at_the_open_or_at_its_limit_or_not(Side side, int? limit, int? price) =>
        Assert.Equal((decimal?)price, HypotheticalPosition.PriceOf(side, limit, open: 100, high: 103, low: 98));
}
