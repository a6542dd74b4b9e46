using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Orders;
using StratForge.Gateway.Tests.Orders;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Tests.Settlement.Schedules;

/// <summary>A user of a schedule.</summary>
/// <param name="Id">The user.</param>
/// <param name="SessionId">His session; null when he trades by hand only.</param>
/// <param name="SessionSymbol">The symbol his session trades.</param>
internal sealed record Trader(Guid Id, Guid? SessionId, string? SessionSymbol);

/// <summary>An order by hand with the key under which it can be sent again.</summary>
internal sealed record HandOrder(Trader Trader, OrderWish Wish, string Key);

/// <summary>Draws orders and signals.</summary>
internal sealed class Wishes(Random random, Func<string, decimal> priceOf)
{
    private readonly Dictionary<Guid, long> _sequences = [];
    private int _keys;

    public HandOrder Order(Trader trader, string symbol)
    {
        var isCrypto = symbol.Contains('/', StringComparison.Ordinal);
        var side = random.Next(2) == 0 ? Side.Buy : Side.Sell;
        var quantity = isCrypto ? random.Next(1, 1_200) / 100m : random.Next(6) == 0 ? random.Next(1, 1_200) / 100m : random.Next(1, 13);
        var lasting = isCrypto || random.Next(3) == 0 ? "gtc" : "day";
        var market = new OrderTerms(symbol, side, quantity, OrderType.Market, lasting);
        var wish = random.Next(23) switch
        {
            < 7 => new OrderWish(market),
            < 12 => new OrderWish(market with { Type = OrderType.Limit, LimitPrice = Near(symbol, 6) }),
            < 14 => new OrderWish(market with
            {
                Type = random.Next(2) == 0 ? OrderType.Limit : OrderType.Market, TimeInForce = isCrypto || random.Next(3) > 0 ? "ioc" : "fok",
            }),
            < 16 => new OrderWish(market with { Type = OrderType.Stop, StopPrice = Near(symbol, 5) }),
            16 => new OrderWish(market with { Type = OrderType.StopLimit, StopPrice = Near(symbol, 5), LimitPrice = Near(symbol, 6) }),
            17 => new OrderWish(market with { Type = OrderType.TrailingStop, TrailPrice = random.Next(1, 500) / 100m }),
            18 => new OrderWish(market with { Side = Side.Buy }, null, "bracket", Exits(symbol)),
            19 => new OrderWish(market with { Type = OrderType.TrailingStop, TrailPercent = random.Next(1, 50) / 10m }),
            20 => new OrderWish(market with { Quantity = 0, TimeInForce = isCrypto ? "gtc" : "day" }, random.Next(100, 90_000) / 100m),
            21 => new OrderWish(
                market with { Side = Side.Sell, Type = OrderType.Limit, LimitPrice = priceOf(symbol) + random.Next(1, 6) }, null, "oco",
                Exits(symbol) with { TakeProfit = null }),
            _ => new OrderWish(market with { Type = OrderType.Limit, LimitPrice = Near(symbol, 2) }, null, "oto", side == Side.Buy
                ? new ExitLegs(null, priceOf(symbol) - random.Next(3, 8), null)
                : new ExitLegs(null, priceOf(symbol) + random.Next(3, 8), null)),
        };
        if (wish.Terms is { Type: OrderType.Limit, LimitPrice: null } terms)
        {
            wish = wish with { Terms = terms with { LimitPrice = Near(symbol, 2) } };
        }

        return new HandOrder(trader, wish, $"key-{_keys++}");
    }

    /// <summary>One unit at the market, now or never.</summary>
    public HandOrder Purchase(Trader trader, string symbol) =>
        new(trader, new OrderWish(new OrderTerms(symbol, Side.Buy, 1, OrderType.Market, "ioc")), $"key-{_keys++}");

    public ExecuteSignal Signal(Trader trader)
    {
        var session = trader.SessionId!.Value;
        var sequence = _sequences[session] = _sequences.GetValueOrDefault(session) + 1;
        return Signals.Of(
            session, trader.SessionSymbol!, random.Next(5) < 3 ? Side.Buy : Side.Sell, random.Next(1, 11), sequence,
            limit: random.Next(4) == 0 ? Near(trader.SessionSymbol!, 3) : null);
    }

    public NewTerms Change(string symbol) => random.Next(3) switch
    {
        0 => new NewTerms(Quantity: random.Next(1, 15)),
        1 => new NewTerms(LimitPrice: Near(symbol, 6)),
        _ => new NewTerms(Quantity: random.Next(1, 15), LimitPrice: Near(symbol, 4)),
    };

    private ExitLegs Exits(string symbol)
    {
        var stop = priceOf(symbol) - random.Next(1, 6);
        return new ExitLegs(priceOf(symbol) + random.Next(1, 6), stop, random.Next(2) == 0 ? stop - (random.Next(100) / 100m) : null);
    }

    // In whole cents, at most so many dollars away.
    private decimal Near(string symbol, int dollars) => priceOf(symbol) + (random.Next(-100 * dollars, (100 * dollars) + 1) / 100m);
}
