namespace StratForge.Contracts.Orders;

/// <summary>An alert of a user fired.</summary>
/// <param name="FiringId">Id of this firing.</param>
/// <param name="AlertId">The alert.</param>
/// <param name="Name">Its name at that time.</param>
/// <param name="Kind">What it waits for: <c>price_above</c>, <c>drawdown</c>, <c>session_failed</c> and so on.</param>
/// <param name="Message">What happened, in a sentence.</param>
/// <param name="Symbol">Whose price, if it is about one.</param>
/// <param name="SessionId">Which session, if it is about one.</param>
/// <param name="Level">What it waited for: USD, USD per unit or percent.</param>
/// <param name="Value">What fired it, in the unit of the level.</param>
/// <param name="IsTest">Whether its owner only tried it out.</param>
public sealed record AlertEvent(
    Guid FiringId,
    Guid AlertId,
    string Name,
    string Kind,
    string Message,
    string? Symbol = null,
    Guid? SessionId = null,
    decimal? Level = null,
    decimal? Value = null,
    bool IsTest = false);
