using FsCheck;
using FsCheck.Fluent;
using StratForge.Contracts.Orders;
using StratForge.Trading.Ledger;
using StratForge.Trading.Orders;
using StratForge.Trading.Risk;

namespace StratForge.Trading.Tests.Risk;

public class RiskChecksTests
{
    private static readonly string[] s_stopsAnything = ["TRADING_PAUSED", "MAX_OPEN_ORDERS", "MAX_ORDERS_PER_MINUTE", "PRICE_COLLAR"];

    [Fact]
    public void An_order_within_no_limits_is_taken() =>
        Assert.Null(ABuy(1_000_000_000).Check());

    [Fact]
    public void An_order_may_be_worth_its_limit_and_not_a_cent_more()
    {
        var limits = new RiskLimits(MaxOrderNotional: 10_000);

        Assert.Null(ABuy(100, limits, price: 100).Check());
        Refused("MAX_ORDER_NOTIONAL: notional=12500 max=10000", ABuy(125, limits, price: 100));
        Refused("MAX_ORDER_NOTIONAL: notional=10000.01 max=10000", ALimit(Side.Buy, 1, 10_000.01m, limits, price: 100));
    }

    [Fact]
    public void A_limit_caps_what_a_purchase_is_worth_and_not_what_a_short_sale_may_bring()
    {
        var limits = RiskLimits.Unlimited with { MaxOrderNotional = 950 };

        Assert.Null(ALimit(Side.Buy, 10, 95, limits, price: 100).Check());
        Refused("MAX_ORDER_NOTIONAL: notional=1000 max=950", ALimit(Side.Sell, 10, 95, limits, price: 100));
    }

    [Fact]
    public void A_position_counts_with_what_is_on_its_way()
    {
        var limits = new RiskLimits(MaxPositionNotional: 10_000);

        Assert.Null((ABuy(40, limits, price: 100) with { Exposure = new Exposure(Held: 50, Incoming: 10, 1, 1) }).Check());
        Refused(
            "MAX_POSITION_NOTIONAL: notional=10100 max=10000",
            ABuy(41, limits, price: 100) with { Exposure = new Exposure(Held: 50, Incoming: 10, 1, 1) });
    }

    [Fact]
    public void A_session_that_buys_against_anothers_short_makes_the_whole_smaller()
    {
        var limits = new RiskLimits(MaxPositionNotional: 100);

        Assert.Null((ABuy(30, limits, price: 100) with { Exposure = new Exposure(Held: -50, Incoming: 0, 0, 0) }).Check());
    }

    [Fact]
    public void Short_positions_have_a_limit_too() =>
        Refused(
            "MAX_POSITION_NOTIONAL: notional=600 max=500",
            AShort(2, RiskLimits.Unlimited with { MaxPositionNotional = 500 }, price: 100) with { Exposure = new Exposure(Held: -3, Incoming: 1, 0, 0) });

    [Fact]
    public void As_many_orders_are_open_as_the_limit_says()
    {
        var limits = new RiskLimits(MaxOpenOrders: 10);

        Assert.Null((ABuy(1, limits) with { Exposure = new Exposure(0, 0, OpenOrders: 9, 0) }).Check());
        Refused("MAX_OPEN_ORDERS: open=10 max=10", ABuy(1, limits) with { Exposure = new Exposure(0, 0, OpenOrders: 10, 0) });
    }

    [Fact]
    public void As_many_orders_are_placed_in_a_minute_as_the_limit_says() =>
        Refused(
            "MAX_ORDERS_PER_MINUTE: last_minute=60 max=60",
            ABuy(1, new RiskLimits(MaxOrdersPerMinute: 60)) with { Exposure = new Exposure(0, 0, 0, OrdersLastMinute: 60) });

    [Fact]
    public void A_day_that_lost_its_limit_ends_in_reducing_only()
    {
        var limits = new RiskLimits(MaxDailyLoss: 500);

        Assert.Null(ABuy(1, limits, pnl: -499.99m).Check());
        Refused(
            "MAX_DAILY_LOSS: loss=500 max=500; only orders that make a position smaller are taken until the market's next day",
            ABuy(1, limits, pnl: -500));
        Assert.Null(AClose(1, limits, pnl: -500).Check());
    }

    [Fact]
    public void Only_allowed_symbols_are_traded_and_denied_ones_are_not()
    {
        Refused("SYMBOL_NOT_ALLOWED: symbol=SPY allowed=AAPL,MSFT", ABuy(1, new RiskLimits(AllowedSymbols: ["AAPL", "MSFT"])));
        Refused("SYMBOL_NOT_ALLOWED: symbol=SPY allowed=none", ABuy(1, new RiskLimits(AllowedSymbols: [])));
        Refused("SYMBOL_DENIED: symbol=SPY", ABuy(1, new RiskLimits(AllowedSymbols: ["SPY"], DeniedSymbols: ["SPY"])));
        Assert.Null(ABuy(1, new RiskLimits(AllowedSymbols: ["SPY"], DeniedSymbols: ["AAPL"])).Check());
    }

    [Fact]
    public void Selling_what_is_not_held_has_to_be_allowed()
    {
        Refused("SHORTING_NOT_ALLOWED: symbol=SPY quantity=2.5; the order would sell what is not held", AShort(2.5m, new RiskLimits()));
        Assert.Null(AShort(2.5m, RiskLimits.Unlimited).Check());
    }

    [Fact]
    public void A_limit_may_not_be_far_through_the_market()
    {
        var limits = RiskLimits.Unlimited with { PriceCollarPercent = 5 };

        Assert.Null(ALimit(Side.Buy, 1, 105, limits, price: 100).Check());
        Refused("PRICE_COLLAR: limit=105.01 max=105 price=100", ALimit(Side.Buy, 1, 105.01m, limits, price: 100));
        Assert.Null(ALimit(Side.Sell, 1, 95, limits, price: 100).Check());
        Refused("PRICE_COLLAR: limit=94.99 min=95 price=100", ALimit(Side.Sell, 1, 94.99m, limits, price: 100));
    }

    [Fact]
    public void A_limit_that_waits_may_be_as_far_from_the_market_as_it_likes()
    {
        var limits = RiskLimits.Unlimited with { PriceCollarPercent = 5 };

        Assert.Null(ALimit(Side.Buy, 1, 1, limits, price: 100).Check());
        Assert.Null(ALimit(Side.Sell, 1, 1_000, limits, price: 100).Check());
        Assert.Null(ALimit(Side.Buy, 1, 1_000, limits, price: null).Check());
    }

    [Fact]
    public void A_stop_limit_is_measured_against_its_stop()
    {
        var limits = RiskLimits.Unlimited with { PriceCollarPercent = 5 };
        var order = ALimit(Side.Buy, 1, 126, limits, price: 100);

        Assert.Null((order with { Terms = order.Terms with { Type = OrderType.StopLimit, StopPrice = 120 } }).Check());
        Refused(
            "PRICE_COLLAR: limit=126 max=115.5 price=100",
            order with { Terms = order.Terms with { Type = OrderType.StopLimit, StopPrice = 110 } });
    }

    [Fact]
    public void A_market_order_needs_a_price_that_was_heard_lately()
    {
        var limits = new RiskLimits(MaxPriceAge: TimeSpan.FromMinutes(5));

        Assert.Null(ABuy(1, limits, age: 300).Check());
        Refused("STALE_PRICE: age_seconds=412 max_seconds=300; a limit order is taken", ABuy(1, limits, age: 412.9));
        Refused("STALE_PRICE: age_seconds=unknown max_seconds=300; a limit order is taken", ABuy(1, limits, age: null));
        Assert.Equal("NO_PRICE", ABuy(1, limits, price: null).Check()?.Code);
        Assert.Null(ALimit(Side.Buy, 1, 100, limits, age: 412).Check());
        Assert.Null(AClose(1, limits, age: 412).Check());
    }

    [Theory]
    [InlineData(TradingMode.Normal, null, null)]
    [InlineData(TradingMode.ReduceOnly, "REDUCE_ONLY", null)]
    [InlineData(TradingMode.Flatten, "REDUCE_ONLY", null)]
    [InlineData(TradingMode.Paused, "TRADING_PAUSED", "TRADING_PAUSED")]
    public void A_mode_stops_what_it_says(TradingMode mode, string? opening, string? closing)
    {
        var (open, close) = (ABuy(1), AClose(1));

        Assert.Equal(opening, (open with { Risk = open.Risk with { Mode = mode } }).Check()?.Code);
        Assert.Equal(closing, (close with { Risk = close.Risk with { Mode = mode } }).Check()?.Code);
    }

    [Fact]
    public void What_makes_a_position_smaller_is_stopped_by_a_pause_the_pace_and_the_collar_and_nothing_else() =>
        Prop.ForAll(SomeRisks.Cases, order =>
                (order with { Effect = PositionEffect.Close }).Check() is not { } refusal || s_stopsAnything.Contains(refusal.Code))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void What_some_limits_refuse_tighter_ones_refuse_too() =>
        Prop.ForAll(SomeRisks.Cases, SomeRisks.Limits, (order, others) =>
                order.Check() is null
                || (order with { Risk = order.Risk with { Limits = RiskLimits.Tighter(order.Risk.Limits, others) } }).Check() is not null)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void What_one_mode_refuses_a_stricter_one_refuses_too() =>
        Prop.ForAll(SomeRisks.Cases, SomeRisks.Modes, (order, other) =>
                order.Check() is null
                || (order with { Risk = order.Risk with { Mode = TradingSwitches.Stricter(order.Risk.Mode, other) } }).Check() is not null)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_reason_begins_with_its_code() =>
        Prop.ForAll(SomeRisks.Cases, order =>
                order.Check() is not { } refusal || refusal.Detail.StartsWith($"{refusal.Code}: ", StringComparison.Ordinal))
            .QuickCheckThrowOnFailure();

    private static void Refused(string detail, Case order) => Assert.Equal(detail, order.Check()?.Detail);

    private static Case ABuy(decimal quantity, RiskLimits? limits = null, decimal? price = 10, double? age = 1, decimal pnl = 0) =>
        Of(new OrderTerms("SPY", Side.Buy, quantity, OrderType.Market, "day"), PositionEffect.Open, limits, price, age, pnl);

    private static Case AClose(decimal quantity, RiskLimits? limits = null, decimal? price = 10, double? age = 1, decimal pnl = 0) =>
        Of(new OrderTerms("SPY", Side.Sell, quantity, OrderType.Market, "day"), PositionEffect.Close, limits, price, age, pnl);

    private static Case AShort(decimal quantity, RiskLimits limits, decimal? price = 10) =>
        Of(new OrderTerms("SPY", Side.Sell, quantity, OrderType.Market, "day"), PositionEffect.Open, limits, price, 1, 0);

    private static Case ALimit(Side side, decimal quantity, decimal limit, RiskLimits limits, decimal? price = 10, double? age = 1) =>
        Of(new OrderTerms("SPY", side, quantity, OrderType.Limit, "day", limit), PositionEffect.Open, limits, price, age, 0);

    private static Case Of(OrderTerms terms, PositionEffect effect, RiskLimits? limits, decimal? price, double? age, decimal pnl) =>
        new(terms, effect, default, new RiskTerms(
            limits ?? RiskLimits.Unlimited, TradingMode.Normal, price, age is { } seconds ? TimeSpan.FromSeconds(seconds) : null, pnl));
}
