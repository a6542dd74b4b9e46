using System.Globalization;
using StratForge.Contracts.Orders;
using StratForge.Trading.Ledger;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Risk;

/// <summary>Whether the limits allow an order.</summary>
/// <remarks>
/// <para>An order that closes, so one that only makes a position smaller, takes risk away. It is not stopped by the limits on notional,
/// position, daily loss and shorting, by the lists of symbols, by reduce-only, or by a stale or missing price: whoever may not take on
/// more has to be able to get out, and to get out at any price is better than not to.</para>
/// <para>Four things stop it all the same. A pause, because it says that nothing may trade, as when the market's data is plainly wrong.
/// The limits on open orders and on orders a minute, because they guard the venue against a program that has run wild, and that
/// sells as wildly as it buys. The price collar, because a limit far through the market is a slip of the finger in either
/// direction; the same order at the market is taken.</para>
/// </remarks>
public static class RiskChecks
{
    /// <summary>The first limit that an order would break, or null.</summary>
    /// <param name="terms">The order.</param>
    /// <param name="effect">What it would do to its position.</param>
    /// <param name="exposure">The account before it.</param>
    /// <param name="risk">What it is measured against.</param>
    public static Refusal? Check(OrderTerms terms, PositionEffect effect, Exposure exposure, RiskTerms risk)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(risk);
        var opens = effect == PositionEffect.Open;
        return CheckMode(risk.Mode, opens)
            ?? (opens ? CheckSymbol(terms.Symbol, risk.Limits) ?? CheckShorting(terms, risk.Limits) : null)
            ?? CheckPace(exposure, risk.Limits)
            ?? CheckCollar(terms, risk)
            ?? (opens ? CheckLoss(risk) ?? CheckAge(terms, risk) ?? CheckNotional(terms, exposure, risk) : null);
    }

    private static Refusal? CheckMode(TradingMode mode, bool opens) => mode switch
    {
        TradingMode.Paused => Refuse("TRADING_PAUSED", "new orders are not taken now"),
        TradingMode.ReduceOnly or TradingMode.Flatten when opens =>
            Refuse("REDUCE_ONLY", "only orders that make a position smaller are taken now"),
        _ => null,
    };

    private static Refusal? CheckSymbol(string symbol, RiskLimits limits) =>
        limits.DeniedSymbols?.Contains(symbol, StringComparer.Ordinal) ?? false ? Refuse("SYMBOL_DENIED", $"symbol={symbol}")
        : limits.AllowedSymbols is { } allowed && !allowed.Contains(symbol, StringComparer.Ordinal)
            ? Refuse("SYMBOL_NOT_ALLOWED", $"symbol={symbol} allowed={List(allowed)}")
        : null;

    private static Refusal? CheckShorting(OrderTerms terms, RiskLimits limits) =>
        terms.Side == Side.Sell && !limits.AllowShorting
            ? Refuse("SHORTING_NOT_ALLOWED", $"symbol={terms.Symbol} quantity={Figure(terms.Quantity)}; the order would sell what is not held")
            : null;

    private static Refusal? CheckPace(Exposure exposure, RiskLimits limits) =>
        exposure.OpenOrders >= limits.MaxOpenOrders ? Refuse("MAX_OPEN_ORDERS", $"open={exposure.OpenOrders} max={limits.MaxOpenOrders}")
        : exposure.OrdersLastMinute >= limits.MaxOrdersPerMinute
            ? Refuse("MAX_ORDERS_PER_MINUTE", $"last_minute={exposure.OrdersLastMinute} max={limits.MaxOrdersPerMinute}")
        : null;

    // Only the side that would trade at once: a buy far below the market just waits. A stop-limit is measured against its stop when
    // the market has yet to come there.
    private static Refusal? CheckCollar(OrderTerms terms, RiskTerms risk)
    {
        if (risk is not { Price: { } price, Limits.PriceCollarPercent: { } percent } || LimitOf(terms) is not { } limit)
        {
            return null;
        }

        var (buys, stop) = (terms.Side == Side.Buy, terms.StopPrice ?? price);
        var edge = buys ? decimal.Max(price, stop) * (1 + (percent / 100)) : decimal.Min(price, stop) * (1 - (percent / 100));
        return buys ? limit > edge ? Refuse("PRICE_COLLAR", $"limit={Figure(limit)} max={Figure(edge)} price={Figure(price)}") : null
            : limit < edge ? Refuse("PRICE_COLLAR", $"limit={Figure(limit)} min={Figure(edge)} price={Figure(price)}")
            : null;
    }

    private static Refusal? CheckLoss(RiskTerms risk) =>
        risk.Limits.MaxDailyLoss is { } most && risk.DayPnl <= -most
            ? Refuse("MAX_DAILY_LOSS", $"loss={Figure(-risk.DayPnl)} max={Figure(most)}; only orders that make a position smaller are taken until the market's next day")
            : null;

    // A limit says itself what a unit may cost; everything else is taken at a price that nobody has promised.
    private static Refusal? CheckAge(OrderTerms terms, RiskTerms risk)
    {
        if (risk.Limits.MaxPriceAge is not { } oldest || LimitOf(terms) is not null)
        {
            return null;
        }

        return risk switch
        {
            { Price: null } => OrderRules.NoPrice(terms.Symbol),
            { PriceAge: { } age } when age <= oldest => null,
            _ => Refuse(
                "STALE_PRICE",
                $"age_seconds={(risk.PriceAge is { } age ? Figure(decimal.Floor((decimal)age.TotalSeconds)) : "unknown")} max_seconds={Figure((decimal)oldest.TotalSeconds)}; a limit order is taken"),
        };
    }

    private static Refusal? CheckNotional(OrderTerms terms, Exposure exposure, RiskTerms risk)
    {
        if (UnitValue(terms, risk.Price) is not { } unit)
        {
            return null;
        }

        var notional = terms.Quantity * unit;
        if (notional > risk.Limits.MaxOrderNotional)
        {
            return Refuse("MAX_ORDER_NOTIONAL", $"notional={Figure(notional)} max={Figure(risk.Limits.MaxOrderNotional.Value)}");
        }

        var added = exposure.Incoming + terms.Quantity;
        var after = Math.Abs(exposure.Held + (terms.Side == Side.Buy ? added : -added));
        var position = after * (risk.Price ?? unit);
        return after > Math.Abs(exposure.Held) && position > risk.Limits.MaxPositionNotional
            ? Refuse("MAX_POSITION_NOTIONAL", $"notional={Figure(position)} max={Figure(risk.Limits.MaxPositionNotional.Value)}")
            : null;
    }

    // What a unit of the order comes to at most, as far as anybody can say: a limit caps a purchase; a short sale may bring more than its
    // limit; a stop trades near the stop or, where the market is beyond it, near the market.
    private static decimal? UnitValue(OrderTerms terms, decimal? price) => (terms.Side, LimitOf(terms) ?? terms.StopPrice, LimitOf(terms) is not null) switch
    {
        (Side.Buy, { } limit, true) => limit,
        (_, { } named, _) => price is { } market ? decimal.Max(named, market) : named,
        _ => price,
    };

    private static decimal? LimitOf(OrderTerms terms) =>
        terms.Type is OrderType.Limit or OrderType.StopLimit ? terms.LimitPrice : null;

    // A house may allow hundreds: the first tell what kind of list it is.
    private static string List(IReadOnlyList<string> symbols) =>
        symbols.Count == 0 ? "none" : string.Join(',', symbols.Take(10)) + (symbols.Count > 10 ? ",…" : "");

    private static Refusal Refuse(string code, string figures) => new(code, $"{code}: {figures}");

    private static string Figure(decimal value) => value.ToString("0.############################", CultureInfo.InvariantCulture);
}
