using System.Text.Json;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Gateway.Strategies;
using StratForge.Trading.Risk;

namespace StratForge.Gateway.Sessions;

/// <summary>One run of a strategy on one symbol.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Symbol">What it trades.</param>
/// <param name="Type">The symbol's asset class.</param>
/// <param name="StrategyId">What runs.</param>
/// <param name="StrategyName">How its owner calls it.</param>
/// <param name="StrategyVersion">The version it runs, whatever is edited meanwhile.</param>
/// <param name="Language">What that version is written in.</param>
/// <param name="Mode">What becomes of its signals.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="FailureCode">Why it failed, for programs; null unless it did.</param>
/// <param name="FailureDetail">Why it failed, for its owner.</param>
/// <param name="Parameters">Values of the strategy's parameters in this session.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="StartedAt">When a worker first fed it.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="ProcessedSeq">Number of the last bar it is known to have handled; may lag by seconds.</param>
/// <param name="RealisedPnl">What its closed trades earned, USD.</param>
/// <param name="Position">What it holds of its symbol.</param>
/// <param name="CodeHash">SHA-256 over language and code of the version it runs, hexadecimal.</param>
/// <param name="StopPolicy">What becomes of its open orders and positions when it ends.</param>
/// <param name="TradingMode">Its own switch; those over all of the user's trading hold besides (<c>trading-mode</c>).</param>
/// <param name="RunHash">Of what it was told and did up to <paramref name="ProcessedSeq"/>: equal hashes, equal runs. Null before its first event.</param>
/// <param name="LogsGoneAt">Since when its log is no longer kept; null while it is.</param>
/// <param name="TapeGoneAt">Since when what it was told is no longer kept, so that it can't be replayed; null while it is.</param>
public sealed record Session(
    Guid Id,
    string Symbol,
    AssetClass Type,
    Guid StrategyId,
    string StrategyName,
    int StrategyVersion,
    StrategyLanguage Language,
    SessionMode Mode,
    SessionStatus Status,
    string? FailureCode,
    string? FailureDetail,
    JsonElement Parameters,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    long? ProcessedSeq,
    decimal RealisedPnl,
    PositionView Position,
    string CodeHash,
    StopPolicy StopPolicy,
    TradingMode TradingMode,
    string? RunHash,
    DateTimeOffset? LogsGoneAt,
    DateTimeOffset? TapeGoneAt);
