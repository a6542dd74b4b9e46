using StratForge.Contracts.Orders;

namespace StratForge.Trading.Matching;

/// <summary>A stop that follows the price: a sale's upwards, a buy's downwards, never back.</summary>
/// <remarks>Source: Alpaca's description of its trailing stop orders, whose <c>hwm</c> is the best price here.</remarks>
public static class TrailingStop
{
    /// <summary>The best price since the order was given.</summary>
    /// <param name="side">Direction of the order: a sale's best price is the highest, a buy's the lowest.</param>
    /// <param name="best">The best so far; null for a new order.</param>
    /// <param name="last">The price now.</param>
    public static decimal Best(Side side, decimal? best, decimal last) =>
        best is not { } before ? last : side == Side.Sell ? decimal.Max(before, last) : decimal.Min(before, last);

    /// <summary>Where the stop stands.</summary>
    /// <param name="side">Direction of the order.</param>
    /// <param name="best">The best price since the order was given.</param>
    /// <param name="trailPrice">Distance in dollars; null when it is given in percent.</param>
    /// <param name="trailPercent">Distance in percent of the best price; used when <paramref name="trailPrice"/> is null.</param>
    /// <param name="tick">Smallest price step. The stop is rounded to it away from the best price, so it is never nearer than asked for.</param>
    /// <returns>At least one tick.</returns>
    public static decimal StopOf(Side side, decimal best, decimal? trailPrice, decimal? trailPercent, decimal tick)
    {
        var distance = trailPrice ?? (best * trailPercent.GetValueOrDefault() / 100m);
        return side == Side.Sell
            ? decimal.Max(tick, decimal.Floor((best - distance) / tick) * tick)
            : decimal.Ceiling((best + distance) / tick) * tick;
    }
}
