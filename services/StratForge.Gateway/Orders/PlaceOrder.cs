using System.Text.Json.Serialization;
using StratForge.Contracts.Market;
using StratForge.Gateway.Hosting;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Orders;
using TradeSide = StratForge.Contracts.Orders.Side;

namespace StratForge.Gateway.Orders;

/// <summary>A new order by hand, in Alpaca's shape. Fields that are not here are refused.</summary>
public sealed record PlaceOrder : IValidated
{
    internal const int LongestClientOrderId = 128;

    /// <summary><c>AAPL</c> or <c>BTC/USD</c>.</summary>
    public string? Symbol { get; init; }

    /// <summary>Units, greater than zero, at most 9 decimals. Either this or <c>notional</c>.</summary>
    public decimal? Qty { get; init; }

    /// <summary>Value instead of units, USD: it is turned into units at the price when the order is taken in.</summary>
    public decimal? Notional { get; init; }

    /// <summary><c>buy</c> or <c>sell</c>.</summary>
    public string? Side { get; init; }

    /// <summary><c>market</c>, <c>limit</c>, <c>stop</c>, <c>stop_limit</c> or <c>trailing_stop</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Required for a limit or stop-limit order, USD. An <c>oco</c> order may name it in <c>take_profit</c>.</summary>
    [JsonPropertyName("limit_price")]
    public decimal? LimitPrice { get; init; }

    /// <summary>Required for a stop or stop-limit order, USD.</summary>
    [JsonPropertyName("stop_price")]
    public decimal? StopPrice { get; init; }

    /// <summary>Distance of a trailing stop from the best price, USD; this or <c>trail_percent</c>.</summary>
    [JsonPropertyName("trail_price")]
    public decimal? TrailPrice { get; init; }

    /// <summary>Distance of a trailing stop in percent of the best price.</summary>
    [JsonPropertyName("trail_percent")]
    public decimal? TrailPercent { get; init; }

    /// <summary><c>day</c>, <c>gtc</c>, <c>ioc</c> or <c>fok</c>; by default <c>day</c> for stocks and <c>gtc</c> for crypto.</summary>
    [JsonPropertyName("time_in_force")]
    public string? TimeInForce { get; init; }

    /// <summary>The caller's own name of the order, unique among his: a repeat answers the first order.</summary>
    [JsonPropertyName("client_order_id")]
    public string? ClientOrderId { get; init; }

    /// <summary><c>simple</c>; <c>bracket</c>, an entry with two exits; <c>oto</c>, an entry with one; <c>oco</c>, two exits.</summary>
    [JsonPropertyName("order_class")]
    public string? OrderClass { get; init; }

    /// <summary>Only <c>false</c>: orders go out in the regular session.</summary>
    [JsonPropertyName("extended_hours")]
    public bool? ExtendedHours { get; init; }

    /// <summary><c>buy_to_open</c>, <c>buy_to_close</c>, <c>sell_to_open</c> or <c>sell_to_close</c>, as Alpaca's clients send it. What the position makes of
    /// the order counts, whatever is said here.</summary>
    [JsonPropertyName("position_intent")]
    public string? PositionIntent { get; init; }

    /// <summary>The exit that takes the profit.</summary>
    [JsonPropertyName("take_profit")]
    public TakeProfitLeg? TakeProfit { get; init; }

    /// <summary>The exit that limits the loss.</summary>
    [JsonPropertyName("stop_loss")]
    public StopLossLeg? StopLoss { get; init; }

    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        errors.Require("symbol", Symbol, 20);
        if (Qty is null == Notional is null)
        {
            errors.Add("qty", "is required, or notional instead: the number of units, or the value to trade.");
        }

        if (Notional is <= 0)
        {
            errors.Add("notional", "has to be greater than zero.");
        }

        if (Side is not ("buy" or "sell"))
        {
            errors.Add("side", "has to be buy or sell.");
        }

        if (Type is not (OrderType.Market or OrderType.Limit or OrderType.Stop or OrderType.StopLimit or OrderType.TrailingStop))
        {
            errors.Add("type", "has to be market, limit, stop, stop_limit or trailing_stop.");
        }

        if (TimeInForce is not (null or "day" or "gtc" or "ioc" or "fok"))
        {
            errors.Add("time_in_force", "has to be day, gtc, ioc or fok.");
        }

        if (OrderClass is not (null or "" or "simple" or "bracket" or "oco" or "oto"))
        {
            errors.Add("order_class", "has to be simple, bracket, oco or oto.");
        }

        if (OrderClass is null or "" or "simple" && (TakeProfit is not null || StopLoss is not null))
        {
            errors.Add("order_class", "has to be bracket, oco or oto for an order with take_profit or stop_loss.");
        }

        if (OrderClass == "oco" && Type != OrderType.Limit)
        {
            errors.Add("type", "has to be limit for order_class oco: the order itself is the exit that takes the profit.");
        }

        if (ExtendedHours is true)
        {
            errors.Add("extended_hours", "has to be false or absent: orders go out in the regular session.");
        }

        if (PositionIntent is not (null or "buy_to_open" or "buy_to_close" or "sell_to_open" or "sell_to_close"))
        {
            errors.Add("position_intent", "has to be buy_to_open, buy_to_close, sell_to_open or sell_to_close.");
        }

        if (ClientOrderId is not null)
        {
            errors.Require("client_order_id", ClientOrderId, LongestClientOrderId);
        }
    }

    /// <summary>What it asks for. Call after validation.</summary>
    internal OrderWish ToWish()
    {
        var isOco = OrderClass == "oco";
        var terms = new OrderTerms(
            Symbol!,
            Side == "buy" ? TradeSide.Buy : TradeSide.Sell,
            Qty ?? 0,
            Type!,
            TimeInForce ?? (Symbols.IsWellFormed(Symbol!) && Symbols.ClassOf(Symbol!) == AssetClass.Crypto ? "gtc" : "day"),
            isOco ? LimitPrice ?? TakeProfit?.LimitPrice : LimitPrice,
            StopPrice,
            TrailPrice,
            TrailPercent);
        return OrderClass is null or "" or "simple"
            ? new OrderWish(terms, Notional)
            : new OrderWish(terms, Notional, OrderClass, new ExitLegs(isOco ? null : TakeProfit?.LimitPrice, StopLoss?.StopPrice, StopLoss?.LimitPrice));
    }
}

/// <summary>The exit that takes the profit.</summary>
/// <param name="LimitPrice">Its limit, USD.</param>
public sealed record TakeProfitLeg([property: JsonPropertyName("limit_price")] decimal? LimitPrice);

/// <summary>The exit that limits the loss.</summary>
/// <param name="StopPrice">Its stop, USD.</param>
/// <param name="LimitPrice">Its limit once the stop is reached, USD; absent for a market order.</param>
public sealed record StopLossLeg(
    [property: JsonPropertyName("stop_price")] decimal? StopPrice, [property: JsonPropertyName("limit_price")] decimal? LimitPrice);
