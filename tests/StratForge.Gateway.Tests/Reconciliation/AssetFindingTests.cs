using FsCheck;
using FsCheck.Fluent;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Reconciliation;

namespace StratForge.Gateway.Tests.Reconciliation;

public sealed class AssetFindingTests
{
    private static readonly StandingDrift Known = new(7, 5);

    [Theory]
    // actual, moved, buys, sells, standing, suspected
    [InlineData(100, false, 0, 0, false, null, "Matches")]
    [InlineData(103, false, 0, 0, false, null, "Suspect")]
    [InlineData(103, false, 0, 0, false, 3, "Drift")]
    [InlineData(103, false, 0, 0, false, 4, "Suspect")]
    [InlineData(103, true, 0, 0, false, 3, "Moving")]
    [InlineData(103, false, 10, 0, false, 3, "InFlight")]
    [InlineData(103, false, 2, 0, false, 3, "Drift")]
    [InlineData(97, false, 10, 0, false, -3, "Drift")]
    [InlineData(97, false, 0, 3, false, null, "InFlight")]
    [InlineData(105, false, 0, 0, true, null, "Stands")]
    [InlineData(105, false, 50, 50, true, null, "Stands")]
    [InlineData(100, false, 0, 0, true, null, "Recovered")]
    [InlineData(100, false, 0, 5, true, null, "InFlight")]
    [InlineData(108, false, 3, 0, true, null, "InFlight")]
    [InlineData(108, false, 0, 0, true, 8, "Drift")]
    public void A_difference_is_a_drift_when_it_stands_and_no_order_in_flight_explains_it(
        int actual, bool moved, int buys, int sells, bool isKnown, int? suspected, string verdict)
    {
        OrderInFlight[] orders =
        [
            .. buys > 0 ? new[] { AnOrder("AAPL", Side.Buy, buys) } : [],
            .. sells > 0 ? new[] { AnOrder("AAPL", Side.Sell, sells) } : [],
        ];

        var finding = AssetFinding.Of(
            new BookedAsset("AAPL", 90, 10, 0, 0), actual, InFlight.Of("AAPL", orders), moved, isKnown ? Known : null, suspected);

        Assert.Equal(verdict, finding.Verdict.ToString());
    }

    [Fact]
    public void A_buy_in_flight_explains_what_it_may_cost_and_no_more()
    {
        var range = InFlight.Of("USD", [AnOrder("AAPL", Side.Buy, 10, limit: 100)]);

        Assert.True(range.Explains(-1000m));
        Assert.False(range.Explains(-1012m));
        Assert.False(range.Explains(0.01m));
    }

    [Fact]
    public void A_sale_in_flight_may_bring_any_amount_but_costs_nothing()
    {
        var range = InFlight.Of("USD", [AnOrder("AAPL", Side.Sell, 10, limit: 100)]);

        Assert.True(range.Explains(5000m));
        Assert.False(range.Explains(-0.01m));
    }

    [Fact]
    public void A_market_buy_in_flight_may_cost_any_amount() =>
        Assert.True(InFlight.Of("USD", [AnOrder("AAPL", Side.Buy, 10, limit: null)]).Explains(-1_000_000m));

    [Fact]
    public void Orders_of_other_symbols_explain_no_units() =>
        Assert.False(InFlight.Of("MSFT", [AnOrder("AAPL", Side.Buy, 10)]).IsAnything);

    [Fact]
    public void Whatever_part_of_orders_was_filled_unheard_is_explained() =>
        Prop.ForAll(
            Gen.Choose(0, 1000).Three().ListOf().ToArbitrary(),
            parts =>
            {
                var orders = parts.Select((part, i) => AnOrder("AAPL", i % 2 == 0 ? Side.Buy : Side.Sell, part.Item1 + part.Item2 + 1, filled: part.Item2)).ToArray();
                var moved = parts.Select((part, i) => (i % 2 == 0 ? 1 : -1) * (decimal)Math.Min(part.Item3, part.Item1 + 1)).Sum();
                return moved == 0 || InFlight.Of("AAPL", orders).Explains(moved);
            }).QuickCheckThrowOnFailure();

    private static OrderInFlight AnOrder(string symbol, Side side, decimal quantity, decimal? limit = 10, decimal filled = 0) => new(
        Guid.AllBitsSet, null, symbol, side, quantity, limit, filled, filled, "new", DateTimeOffset.UnixEpoch);
}
