using FsCheck;
using FsCheck.Fluent;
using StratForge.Contracts.Orders;
using StratForge.Trading.Ledger;
using StratForge.Trading.Orders;
using StratForge.Trading.Risk;

namespace StratForge.Trading.Tests.Risk;

/// <summary>An order with everything it is measured against.</summary>
public sealed record Case(OrderTerms Terms, PositionEffect Effect, Exposure Exposure, RiskTerms Risk)
{
    public Refusal? Check() => RiskChecks.Check(Terms, Effect, Exposure, Risk);
}

/// <summary>Limits, orders and markets of any kind, close enough to each other that every check refuses now and then.</summary>
internal static class SomeRisks
{
    private static readonly string[] s_symbols = ["AAPL", "BTC/USD", "MSFT", "SPY"];

    private static readonly Gen<string[]?> s_list = Gen.OneOf(
        Gen.Constant<string[]?>(null), Gen.SubListOf(s_symbols).Select(string[]? (list) => [.. list]));

    private static readonly Gen<RiskLimits> s_limits =
        from order in Maybe(Gen.Choose(1, 2_000))
        from position in Maybe(Gen.Choose(1, 4_000))
        from open in Maybe(Gen.Choose(1, 5))
        from minute in Maybe(Gen.Choose(1, 5))
        from loss in Maybe(Gen.Choose(1, 200))
        from allowed in s_list
        from denied in s_list
        from shorting in ArbMap.Default.GeneratorFor<bool>()
        from collar in Maybe(Gen.Choose(1, 50))
        from age in Maybe(Gen.Choose(1, 100))
        select new RiskLimits(
            order, position, open, minute, loss, allowed, denied, shorting, collar, age is { } seconds ? TimeSpan.FromSeconds(seconds) : null);

    private static readonly Gen<OrderTerms> s_terms =
        from symbol in Gen.Elements(s_symbols)
        from side in Gen.Elements(Side.Buy, Side.Sell)
        from quantity in Gen.Choose(1, 200)
        from type in Gen.Elements(OrderType.Market, OrderType.Limit, OrderType.Stop, OrderType.StopLimit)
        from limit in Gen.Choose(1, 40)
        from stop in Gen.Choose(1, 40)
        select new OrderTerms(
            symbol, side, quantity, type, "gtc",
            type is OrderType.Limit or OrderType.StopLimit ? limit : null,
            type is OrderType.Stop or OrderType.StopLimit ? stop : null);

    public static Arbitrary<RiskLimits> Limits { get; } = s_limits.ToArbitrary();

    public static Arbitrary<TradingMode> Modes { get; } = Gen.Elements(Enum.GetValues<TradingMode>()).ToArbitrary();

    public static Arbitrary<TradingSwitches> Switches { get; } = (
        from all in Modes.Generator
        from house in Modes.Generator
        from user in Modes.Generator
        from session in Modes.Generator
        select new TradingSwitches(all, house, user, session)).ToArbitrary();

    public static Arbitrary<Case> Cases { get; } = (
        from terms in s_terms
        from effect in Gen.Elements(PositionEffect.Open, PositionEffect.Close)
        from held in Gen.Choose(-200, 200)
        from incoming in Gen.Choose(0, 100)
        from open in Gen.Choose(0, 6)
        from minute in Gen.Choose(0, 6)
        from limits in s_limits
        from mode in Modes.Generator
        from price in Maybe(Gen.Choose(1, 40))
        from age in Maybe(Gen.Choose(0, 120))
        from pnl in Gen.Choose(-250, 250)
        select new Case(
            terms, effect, new Exposure(held, incoming, open, minute),
            new RiskTerms(limits, mode, price, age is { } seconds ? TimeSpan.FromSeconds(seconds) : null, pnl))).ToArbitrary();

    private static Gen<int?> Maybe(Gen<int> values) => Gen.OneOf(Gen.Constant<int?>(null), values.Select(int? (value) => value));
}
