using System.Text.Json.Serialization;
using StratForge.Gateway.Hosting;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Orders;

/// <summary>Other terms for an open order, in Alpaca's shape. What is absent stays.</summary>
public sealed record ReplaceOrder : IValidated
{
    /// <summary>Units in all, those already filled included.</summary>
    public decimal? Qty { get; init; }

    /// <summary>Limit, USD.</summary>
    [JsonPropertyName("limit_price")]
    public decimal? LimitPrice { get; init; }

    /// <summary>Stop, USD.</summary>
    [JsonPropertyName("stop_price")]
    public decimal? StopPrice { get; init; }

    /// <summary>Distance of a trailing stop, in the terms it was given in.</summary>
    public decimal? Trail { get; init; }

    /// <summary><c>day</c> or <c>gtc</c>.</summary>
    [JsonPropertyName("time_in_force")]
    public string? TimeInForce { get; init; }

    /// <summary>The caller's own name of the new order.</summary>
    [JsonPropertyName("client_order_id")]
    public string? ClientOrderId { get; init; }

    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (this is { Qty: null, LimitPrice: null, StopPrice: null, Trail: null, TimeInForce: null })
        {
            errors.Add("qty", "or another term is required: there is nothing to change.");
        }

        if (TimeInForce is not (null or "day" or "gtc"))
        {
            errors.Add("time_in_force", "has to be day or gtc.");
        }

        if (ClientOrderId is not null)
        {
            errors.Require("client_order_id", ClientOrderId, PlaceOrder.LongestClientOrderId);
        }
    }

    /// <summary>What is to be different.</summary>
    internal NewTerms ToTerms() => new(Qty, LimitPrice, StopPrice, Trail, TimeInForce);
}
