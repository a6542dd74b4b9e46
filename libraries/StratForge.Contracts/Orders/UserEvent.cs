using System.Text.Json;

namespace StratForge.Contracts.Orders;

/// <summary>One thing that happened to a user's account, in the order in which it was committed.</summary>
/// <param name="Id">Rises by exactly one per user; a consumer that sees a jump reads <c>user_events</c>.</param>
/// <param name="UserId">Whose account.</param>
/// <param name="SessionId">The session concerned, if any.</param>
/// <param name="Kind"><c>order</c>, <c>fill</c>, <c>session</c>, <c>portfolio</c> or <c>alert</c>.</param>
/// <param name="OccurredAt">When it was committed, UTC.</param>
/// <param name="Data">An <see cref="OrderEvent"/> for kinds <c>order</c> and <c>fill</c>, a <see cref="PortfolioEvent"/> for <c>portfolio</c>,
/// a <see cref="Sessions.SessionEvent"/> for <c>session</c>.</param>
/// <param name="Traceparent">W3C trace context, when sampled.</param>
public sealed record UserEvent(
    long Id,
    Guid UserId,
    Guid? SessionId,
    string Kind,
    DateTimeOffset OccurredAt,
    JsonElement Data,
    string? Traceparent = null);
