namespace StratForge.Contracts.Sessions;

/// <summary>Where a session stands after something happened to it.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="StrategyId">Its strategy.</param>
/// <param name="Symbol">What it trades.</param>
/// <param name="Status">Its state. States that lasted for less than a moment may be skipped; the last one never is.</param>
/// <param name="TradingMode">Its own switch: <c>normal</c>, <c>reduce_only</c>, <c>flatten</c> or <c>pause</c>.</param>
/// <param name="FailureCode">Why it failed, for programs; null unless it did.</param>
/// <param name="FailureDetail">Why it failed, for its owner.</param>
public sealed record SessionEvent(
    Guid SessionId,
    Guid StrategyId,
    string Symbol,
    SessionStatus Status,
    string TradingMode,
    string? FailureCode = null,
    string? FailureDetail = null);
