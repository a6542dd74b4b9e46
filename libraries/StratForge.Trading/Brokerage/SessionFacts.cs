namespace StratForge.Trading.Brokerage;

/// <summary>What decides about a session's signals.</summary>
/// <param name="Id">The session.</param>
/// <param name="UserId">Its owner.</param>
/// <param name="StrategyId">Its strategy.</param>
/// <param name="Symbol">Its own.</param>
/// <param name="Mode"><c>PAPER</c> trades; anything else is only recorded.</param>
/// <param name="LeaseEpoch">Epoch of its present owner among the workers.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Status">Where it stands: signals of one that is <c>PAUSED</c> or <c>STOPPING</c> are refused.</param>
/// <param name="Further">Symbols that its strategy subscribed to besides, which it trades too; null when there is none.</param>
public sealed record SessionFacts(
    Guid Id, Guid UserId, Guid StrategyId, string Symbol, string Mode, long LeaseEpoch, DateTimeOffset? EndedAt, string Status = "RUNNING",
    IReadOnlyList<string>? Further = null)
{
    /// <summary>Whether its strategy may trade a symbol.</summary>
    public bool Trades(string symbol) => symbol == Symbol || Further?.Contains(symbol, StringComparer.Ordinal) is true;
}
