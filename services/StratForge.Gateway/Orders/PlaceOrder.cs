using System.Text.Json.Serialization;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Hosting;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Orders;

/// <summary>A new order by hand, in Alpaca's shape. Fields of Alpaca's that are not here are ignored, except those that would
/// change what is bought.</summary>
public sealed record PlaceOrder : IValidated
{
    private const int LongestClientOrderId = 128;

    /// <summary><c>AAPL</c> or <c>BTC/USD</c>.</summary>
    public string? Symbol { get; init; }

    /// <summary>Units, greater than zero, at most 9 decimals.</summary>
    public decimal? Qty { get; init; }

    /// <summary>Value instead of units: not taken.</summary>
    public decimal? Notional { get; init; }

    /// <summary><c>buy</c> or <c>sell</c>.</summary>
    public string? Side { get; init; }

    /// <summary><c>market</c> or <c>limit</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Required for a limit order.</summary>
    [JsonPropertyName("limit_price")]
    public decimal? LimitPrice { get; init; }

    /// <summary>Not taken.</summary>
    [JsonPropertyName("stop_price")]
    public decimal? StopPrice { get; init; }

    /// <summary><c>day</c>, <c>gtc</c>, <c>ioc</c> or <c>fok</c>; by default <c>day</c> for stocks and <c>gtc</c> for crypto.</summary>
    [JsonPropertyName("time_in_force")]
    public string? TimeInForce { get; init; }

    /// <summary>The caller's own name of the order, unique among his: a repeat answers the first order.</summary>
    [JsonPropertyName("client_order_id")]
    public string? ClientOrderId { get; init; }

    /// <summary>Only simple orders are taken.</summary>
    [JsonPropertyName("order_class")]
    public string? OrderClass { get; init; }

    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        errors.Require("symbol", Symbol, 20);
        if (Qty is null)
        {
            errors.Add("qty", "is required: the number of units.");
        }

        if (Notional is not null)
        {
            errors.Add("notional", "is not taken; give qty.");
        }

        if (Side is not ("buy" or "sell"))
        {
            errors.Add("side", "has to be buy or sell.");
        }

        if (Type is not ("market" or "limit"))
        {
            errors.Add("type", "has to be market or limit.");
        }

        if (TimeInForce is not (null or "day" or "gtc" or "ioc" or "fok"))
        {
            errors.Add("time_in_force", "has to be day, gtc, ioc or fok.");
        }

        if (StopPrice is not null)
        {
            errors.Add("stop_price", "is not taken.");
        }

        if (OrderClass is not (null or "" or "simple"))
        {
            errors.Add("order_class", "has to be simple.");
        }

        if (ClientOrderId is not null)
        {
            errors.Require("client_order_id", ClientOrderId, LongestClientOrderId);
        }
    }

    /// <summary>What it asks for. Call after validation.</summary>
    internal OrderTerms ToTerms() => new(
        Symbol!, Side == "buy" ? Contracts.Orders.Side.Buy : Contracts.Orders.Side.Sell, Qty!.Value, Type!,
        TimeInForce ?? (Symbols.ClassOf(Symbol!) == AssetClass.Crypto ? "gtc" : "day"), LimitPrice);
}
