using System.Text.Json;
using System.Text.Json.Serialization;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;

namespace StratForge.Contracts.Internal;

/// <summary>A strategy's wish to trade, as a worker hands it to the gateway: body of <c>POST /internal/execute</c>,
/// an element of <c>POST /internal/execute/batch</c>, and the body of <c>POST /internal/signal</c>.</summary>
/// <param name="SignalId"><see cref="SignalIds.Derive"/>: repeats are recognised by it.</param>
/// <param name="SessionId">The session, known from the pipe it came through.</param>
/// <param name="StrategyId">Its strategy.</param>
/// <param name="Symbol">What to trade.</param>
/// <param name="Action">Buy or sell.</param>
/// <param name="Quantity">Units, greater than zero, at most 9 decimals.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="LeaseEpoch">Epoch of the lease under which the session runs; an older one than stored is refused.</param>
/// <param name="EventKind">What the strategy was handling.</param>
/// <param name="EventSeq">Number of that event.</param>
/// <param name="Ordinal">Position among the signals of that event, from zero.</param>
/// <param name="GeneratedAt">Time of that event on the market's clock.</param>
/// <param name="Metadata">At most 4 KiB of JSON for the user's own use.</param>
/// <param name="OrderType"><c>market</c> (default), <c>limit</c>, <c>stop</c>, <c>stop_limit</c> or <c>trailing_stop</c>.</param>
/// <param name="LimitPrice">Required for a limit or stop-limit order.</param>
/// <param name="TimeInForce"><c>day</c>, <c>gtc</c>, <c>ioc</c> or <c>fok</c>; null takes the asset class's default (day for stocks, gtc for crypto).</param>
/// <param name="RecordOnly">Record the signal, trade nothing.</param>
/// <param name="Traceparent">W3C trace context of the bar that caused it.</param>
/// <param name="StopPrice">Required for a stop or stop-limit order.</param>
/// <param name="TrailPrice">Distance of a trailing stop from the best price, quote currency; this or <paramref name="TrailPercent"/>.</param>
/// <param name="TrailPercent">The same in percent of that price.</param>
/// <param name="TakeProfit">Limit of the exit that takes the profit of this entry.</param>
/// <param name="StopLoss">Stop of the exit that limits the loss of this entry.</param>
/// <param name="StopLossLimit">Limit of that exit once its stop is reached; null for a market order.</param>
public sealed record ExecuteSignal(
    Guid SignalId,
    Guid SessionId,
    Guid StrategyId,
    string Symbol,
    Side Action,
    decimal Quantity,
    double Confidence,
    long LeaseEpoch,
    SessionEventKind EventKind,
    long EventSeq,
    int Ordinal,
    DateTimeOffset GeneratedAt,
    JsonElement? Metadata = null,
    string? OrderType = null,
    decimal? LimitPrice = null,
    string? TimeInForce = null,
    bool RecordOnly = false,
    string? Traceparent = null,
    decimal? StopPrice = null,
    decimal? TrailPrice = null,
    decimal? TrailPercent = null,
    decimal? TakeProfit = null,
    decimal? StopLoss = null,
    decimal? StopLossLimit = null)
{
    /// <summary>What it leaves behind once it is filled: <c>bracket</c> two exits, <c>oto</c> one, <c>simple</c> none.</summary>
    [JsonIgnore]
    public string OrderClass => (TakeProfit, StopLoss, StopLossLimit) switch
    {
        (null, null, null) => "simple",
        (not null, not null, _) => "bracket",
        _ => "oto",
    };
}
