using StratForge.Trading.Risk;

namespace StratForge.Gateway.Bookkeeping;

/// <summary>What orders are measured against. Answers from memory, without waiting.</summary>
internal interface IRiskDesk
{
    /// <summary>The limits, switches and prices that concern an order.</summary>
    RiskTerms TermsFor(Guid userId, Guid? sessionId, string symbol);
}
