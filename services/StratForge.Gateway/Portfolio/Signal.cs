using System.Text.Json;
using StratForge.Contracts.Orders;

namespace StratForge.Gateway.Portfolio;

/// <summary>A strategy's wish to trade and what became of it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="SessionId">The session that emitted it.</param>
/// <param name="StrategyId">The session's strategy.</param>
/// <param name="Symbol">What to trade.</param>
/// <param name="Action">Buy or sell.</param>
/// <param name="Quantity">Units.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="OrderType"><c>market</c>, <c>limit</c>, <c>stop</c>, <c>stop_limit</c> or <c>trailing_stop</c>.</param>
/// <param name="LimitPrice">Of a limit or stop-limit order.</param>
/// <param name="Metadata">What the strategy attached.</param>
/// <param name="GeneratedAt">The event it answers, on the market's clock.</param>
/// <param name="ReceivedAt">When the gateway got it.</param>
/// <param name="ProcessedAt">When it came to its end.</param>
/// <param name="Status"><c>ACCEPTED</c>, <c>EXECUTED</c>, <c>PARTIAL</c>, <c>REJECTED</c>, <c>RECORDED</c> or <c>EXPIRED</c>.</param>
/// <param name="Code">Why it was refused, for programs.</param>
/// <param name="Detail">Why it was refused, for a reader.</param>
/// <param name="OrderId">The order it became.</param>
/// <param name="Hypothetical">Of one that was only recorded, once the bar after it is stored: what it would have come to.</param>
public sealed record Signal(
    Guid Id,
    Guid SessionId,
    Guid StrategyId,
    string Symbol,
    Side Action,
    decimal Quantity,
    double Confidence,
    string OrderType,
    decimal? LimitPrice,
    JsonElement? Metadata,
    DateTimeOffset GeneratedAt,
    DateTimeOffset ReceivedAt,
    DateTimeOffset? ProcessedAt,
    string Status,
    string? Code,
    string? Detail,
    Guid? OrderId,
    HypotheticalFill? Hypothetical);

/// <summary>What a recorded signal would have come to. Not money: no ledger knows of it.</summary>
/// <param name="At">Start of the bar after the signal, on the market's clock.</param>
/// <param name="Price">The price it would have got, USD; null when that bar did not reach its limit.</param>
/// <param name="RealisedPnl">Profit of what it would have closed, USD.</param>
public sealed record HypotheticalFill(DateTimeOffset At, decimal? Price, decimal RealisedPnl);
