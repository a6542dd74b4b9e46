using StratForge.Contracts.Orders;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Tests.Orders;

public class OrderRulesTests
{
    private static readonly Listing s_stock = new(Tradable: true, Fractionable: true);
    private static readonly Listing s_coin = new(Tradable: true, Fractionable: true, MinOrderSize: 0.0001m, QuantityStep: 0.0001m, PriceStep: 0.5m);

    [Fact]
    public void A_plain_market_order_passes() =>
        Assert.Null(OrderRules.Check(AnOrder(), s_stock, listingsKnown: true));

    [Theory]
    [InlineData("spy", "UNKNOWN_SYMBOL")]
    [InlineData("SPY/../USD", "UNKNOWN_SYMBOL")]
    [InlineData("ZZZZ", "UNKNOWN_SYMBOL")]
    public void A_symbol_nobody_lists_is_refused(string symbol, string code) =>
        Assert.Equal(code, OrderRules.Check(AnOrder() with { Symbol = symbol }, null, listingsKnown: true)?.Code);

    [Fact]
    public void Before_the_list_was_read_the_venue_decides_what_exists() =>
        Assert.Null(OrderRules.Check(AnOrder() with { Symbol = "ZZZZ" }, null, listingsKnown: false));

    [Fact]
    public void A_halted_symbol_is_refused() =>
        Assert.Equal("NOT_TRADABLE", OrderRules.Check(AnOrder(), s_stock with { Tradable = false }, listingsKnown: true)?.Code);

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("0.0000000001")]
    [InlineData("1000000001")]
    public void A_quantity_that_no_venue_takes_is_refused_with_its_figure(string quantity)
    {
        var refusal = OrderRules.Check(AnOrder() with { Quantity = decimal.Parse(quantity) }, s_stock, listingsKnown: true);

        Assert.Equal("BAD_QUANTITY", refusal?.Code);
        Assert.Contains($"quantity={quantity}", refusal!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_of_a_unit_can_not_be_had_at_once_or_never()
    {
        Assert.Equal(
            "BAD_TIME_IN_FORCE",
            OrderRules.Check(AnOrder() with { Quantity = 0.5m, TimeInForce = "fok" }, s_stock, listingsKnown: true)?.Code);
        Assert.Null(OrderRules.Check(AnOrder() with { Quantity = 0.5m, TimeInForce = "gtc" }, s_stock, listingsKnown: true));
    }

    [Fact]
    public void Parts_of_a_unit_need_a_symbol_that_can_be_divided() =>
        Assert.Equal(
            "BAD_QUANTITY",
            OrderRules.Check(AnOrder() with { Quantity = 0.5m }, s_stock with { Fractionable = false }, listingsKnown: true)?.Code);

    [Theory]
    [InlineData("10.005", "BAD_PRICE")]
    [InlineData("0.12345", "BAD_PRICE")]
    [InlineData("0", "BAD_PRICE")]
    [InlineData("10.01", null)]
    [InlineData("0.1234", null)]
    public void A_limit_keeps_to_the_tick_of_its_price(string limit, string? code) =>
        Assert.Equal(
            code,
            OrderRules.Check(AnOrder() with { Type = "limit", LimitPrice = decimal.Parse(limit) }, s_stock, listingsKnown: true)?.Code);

    [Fact]
    public void A_limit_order_needs_a_limit_and_a_market_order_has_none()
    {
        Assert.Equal("BAD_PRICE", OrderRules.Check(AnOrder() with { Type = "limit" }, s_stock, listingsKnown: true)?.Code);
        Assert.Equal("BAD_PRICE", OrderRules.Check(AnOrder() with { LimitPrice = 10 }, s_stock, listingsKnown: true)?.Code);
    }

    [Theory]
    [InlineData("0.00005", "gtc", null, "BAD_QUANTITY")]
    [InlineData("0.00015", "gtc", null, "BAD_QUANTITY")]
    [InlineData("0.0002", "day", null, "BAD_TIME_IN_FORCE")]
    [InlineData("0.0002", "gtc", "100.25", "BAD_PRICE")]
    [InlineData("0.0002", "ioc", "100.5", null)]
    public void Crypto_keeps_to_the_steps_of_its_pair(string quantity, string timeInForce, string? limit, string? code) =>
        Assert.Equal(
            code,
            OrderRules.Check(
                new OrderTerms(
                    "BTC/USD", Side.Buy, decimal.Parse(quantity), limit is null ? "market" : "limit", timeInForce,
                    limit is null ? null : decimal.Parse(limit)),
                s_coin, listingsKnown: true)?.Code);

    [Theory]
    [InlineData("stop", null, "9", null, null, null)]
    [InlineData("stop", null, null, null, null, "BAD_PRICE")]
    [InlineData("stop", "8", "9", null, null, "BAD_PRICE")]
    [InlineData("stop_limit", "8", "9", null, null, null)]
    [InlineData("stop_limit", null, "9", null, null, "BAD_PRICE")]
    [InlineData("trailing_stop", null, null, "1", null, null)]
    [InlineData("trailing_stop", null, null, null, "2.5", null)]
    [InlineData("trailing_stop", null, null, "1", "2.5", "BAD_PRICE")]
    [InlineData("trailing_stop", null, null, null, "100", "BAD_PRICE")]
    [InlineData("market", null, null, "1", null, "BAD_PRICE")]
    [InlineData("wish", null, null, null, null, "BAD_ORDER_TYPE")]
    public void Every_type_has_its_own_prices(string type, string? limit, string? stop, string? trail, string? percent, string? code) =>
        Assert.Equal(
            code,
            OrderRules.Check(
                AnOrder() with { Type = type, LimitPrice = Number(limit), StopPrice = Number(stop), TrailPrice = Number(trail), TrailPercent = Number(percent) },
                s_stock, listingsKnown: true)?.Code);

    [Fact]
    public void A_market_buy_may_cost_more_than_the_price_and_a_limit_buy_its_limit()
    {
        Assert.Equal(102m, OrderRules.Collar(AnOrder(), 100, 0.01m));
        Assert.Equal(10.22m, OrderRules.Collar(AnOrder(), 10.02m, 0.01m));
        Assert.Equal(90m, OrderRules.Collar(AnOrder() with { Type = "limit", LimitPrice = 90 }, 100, 0.01m));
        Assert.Equal(204m, OrderRules.Collar(AnOrder() with { Type = "stop", StopPrice = 200 }, 100, 0.01m));
        Assert.Null(OrderRules.Collar(AnOrder(), null, 0.01m));
    }

    private static decimal? Number(string? text) => text is null ? null : decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static OrderTerms AnOrder() => new("SPY", Side.Buy, 1, "market", "day", null);
}
