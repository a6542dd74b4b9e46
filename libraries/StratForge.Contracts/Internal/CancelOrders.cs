using StratForge.Contracts.Sessions;

namespace StratForge.Contracts.Internal;

/// <summary>A strategy's wish to take orders of its session back: body of <c>POST /internal/cancel</c>. It is known by its event: of one that was carried out
/// before nothing comes, whatever the strategy has placed since.</summary>
/// <param name="SessionId">The session, known from the pipe it came through.</param>
/// <param name="LeaseEpoch">Epoch of the lease under which the session runs; an older one than stored is refused.</param>
/// <param name="EventKind">What the strategy was handling.</param>
/// <param name="EventSeq">Number of that event, greater than that of any before it of its kind.</param>
/// <param name="OrderIds">The orders, at most <see cref="Most"/>; null for all open ones of the session.</param>
public sealed record CancelOrders(Guid SessionId, long LeaseEpoch, SessionEventKind EventKind, long EventSeq, IReadOnlyList<Guid>? OrderIds = null)
{
    /// <summary>Most orders named in one request.</summary>
    public const int Most = 1_000;
}

/// <summary>What became of it.</summary>
/// <param name="Status"><see cref="ExecuteOutcome.Accepted"/>, or <see cref="ExecuteOutcome.Fenced"/>.</param>
/// <param name="OrderIds">Orders that were open: taken back, or the broker was asked to give them back.</param>
public sealed record CancelOrdersOutcome(string Status, IReadOnlyList<Guid> OrderIds);
