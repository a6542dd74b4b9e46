using System.Text.Json;
using StratForge.Contracts.Orders;

namespace StratForge.SimulatedExchange.Orders;

/// <summary>A well-formed request for an order of a kind this exchange trades.</summary>
internal sealed record OrderRequest(
    string Symbol,
    decimal? Quantity,
    decimal? Notional,
    Side Side,
    OrderType Type,
    TimeInForce TimeInForce,
    decimal? LimitPrice,
    bool ExtendedHours,
    string? ClientOrderId)
{
    public decimal? StopPrice { get; init; }

    public decimal? TrailPrice { get; init; }

    public decimal? TrailPercent { get; init; }

    public OrderClass Class { get; init; }

    /// <summary>Limit of the take-profit. Of an oco order it is <see cref="LimitPrice"/> too.</summary>
    public decimal? TakeProfit { get; init; }

    /// <summary>Stop of the stop-loss.</summary>
    public decimal? StopLoss { get; init; }

    /// <summary>Limit of the stop-loss; null for one that takes any price.</summary>
    public decimal? StopLossLimit { get; init; }

    /// <summary>What the client believes the order does: <c>buy_to_open</c>; null when it does not say.</summary>
    public string? Intent { get; init; }

    /// <summary>Whether an order of this kind may stand against one of the other side: complex orders and trailing stops.</summary>
    public bool IsExemptFromWashTrade => Class != OrderClass.Simple || Type == OrderType.TrailingStop;

    /// <summary>Reads a body: its shape, its fields, and the rules that need no market to be checked.</summary>
    /// <returns>The request, or the refusal Alpaca would answer with.</returns>
    public static (OrderRequest? Request, Refusal? Refusal) Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return (null, Refusals.Malformed);
        }

        var form = new OrderForm(body);
        return form.Flaw() is { } flaw ? (null, flaw) : (form.ToRequest(), null);
    }
}
