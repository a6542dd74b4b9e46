using StratForge.Trading.Risk;

namespace StratForge.Gateway.Bookkeeping;

/// <summary>What orders are measured against. Answers from memory, without waiting.</summary>
internal interface IRiskDesk
{
    /// <summary>The limits, switches and prices that concern an order.</summary>
    /// <param name="userId">Its owner.</param>
    /// <param name="sessionId">The session whose signal it is; null for an order by hand.</param>
    /// <param name="symbol">What it trades.</param>
    /// <param name="now">By our clock.</param>
    RiskTerms TermsFor(Guid userId, Guid? sessionId, string symbol, DateTimeOffset now);

    /// <summary>The same for an order that a switch on flatten asks for: no limits, and only pauses of those who have as much say as whoever
    /// set that switch.</summary>
    /// <inheritdoc cref="TermsFor"/>
    RiskTerms ClosingTermsFor(Guid userId, Guid? sessionId, string symbol, DateTimeOffset now);
}
