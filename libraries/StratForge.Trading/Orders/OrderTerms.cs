using StratForge.Contracts.Orders;

namespace StratForge.Trading.Orders;

/// <summary>What an order asks for, before anything is known about its account.</summary>
/// <param name="Symbol">As the caller spelled it.</param>
/// <param name="Side">Direction.</param>
/// <param name="Quantity">Units.</param>
/// <param name="Type">One of <see cref="OrderType"/>.</param>
/// <param name="TimeInForce"><c>day</c>, <c>gtc</c>, <c>ioc</c> or <c>fok</c>.</param>
/// <param name="LimitPrice">For a limit or stop-limit order, USD.</param>
/// <param name="StopPrice">For a stop or stop-limit order, USD.</param>
/// <param name="TrailPrice">For a trailing stop: distance to the best price since it was taken in, USD.</param>
/// <param name="TrailPercent">For a trailing stop: the same distance in percent of that price, above 0 and below 100.</param>
public sealed record OrderTerms(
    string Symbol,
    Side Side,
    decimal Quantity,
    string Type,
    string TimeInForce,
    decimal? LimitPrice = null,
    decimal? StopPrice = null,
    decimal? TrailPrice = null,
    decimal? TrailPercent = null);

/// <summary>Kinds of orders.</summary>
public static class OrderType
{
    /// <summary>At the market's price.</summary>
    public const string Market = "market";

    /// <summary>At its limit or better.</summary>
    public const string Limit = "limit";

    /// <summary>Becomes a market order when the market trades at its stop or beyond.</summary>
    public const string Stop = "stop";

    /// <summary>Becomes a limit order when the market trades at its stop or beyond.</summary>
    public const string StopLimit = "stop_limit";

    /// <summary>A stop that follows the best price since it was taken in.</summary>
    public const string TrailingStop = "trailing_stop";
}
