namespace StratForge.Gateway.Reconciliation;

/// <summary>How an asset stands between books and broker.</summary>
internal static class ReconciledStatus
{
    public const string Matches = "matches";
    public const string InFlight = "in_flight";
    public const string Drift = "drift";
    public const string Opening = "opening";
}

/// <summary>Books and broker side by side, as the newest look found them.</summary>
/// <param name="CheckedAt">When that was; null when the broker was never read.</param>
/// <param name="Drifting">Assets that differ without an explanation.</param>
/// <param name="Assets">Every asset that the books or the broker know, cash first.</param>
/// <param name="OrdersInFlight">Orders at the broker now, the oldest 500.</param>
public sealed record ReconciliationReport(
    DateTimeOffset? CheckedAt, int Drifting, IReadOnlyList<ReconciledAsset> Assets, IReadOnlyList<OrderInFlight> OrdersInFlight);

/// <summary>One asset between books and broker.</summary>
/// <param name="Asset"><c>USD</c>, or a symbol for its units.</param>
/// <param name="Status"><c>matches</c>; <c>in_flight</c>: it differs by what open orders or a commit of that moment explain; <c>drift</c>: it
/// differs and nothing explains it; <c>opening</c>: what was there before the platform was just taken over.</param>
/// <param name="Expected">What the books say is at the broker.</param>
/// <param name="Actual">What is there.</param>
/// <param name="Difference">What is there less what is expected.</param>
/// <param name="Drift">The difference that stands unexplained: what a repair has to name. Zero when there is none.</param>
/// <param name="InFlight">Whether orders at the broker may move it.</param>
/// <param name="Since">Since when it has this status.</param>
/// <param name="CheckedAt">When it was last compared.</param>
/// <param name="MadeUpOf">The parts of what is expected.</param>
public sealed record ReconciledAsset(
    string Asset,
    string Status,
    decimal Expected,
    decimal Actual,
    decimal Difference,
    decimal Drift,
    bool InFlight,
    DateTimeOffset Since,
    DateTimeOffset CheckedAt,
    ExpectedParts MadeUpOf);

/// <summary>What an expected amount is the sum of.</summary>
/// <param name="Users">All users together: free, reserved and margin.</param>
/// <param name="House">The house's own; below zero where users were given more than it had.</param>
/// <param name="Suspense">Differences that somebody explained by a repair.</param>
/// <param name="Rounding">Fractions of a cent that the house bore.</param>
public sealed record ExpectedParts(decimal Users, decimal House, decimal Suspense, decimal Rounding);

/// <summary>Something that happened to an asset between books and broker.</summary>
/// <param name="Id">Rises.</param>
/// <param name="At">When.</param>
/// <param name="Asset"><c>USD</c> or a symbol.</param>
/// <param name="Kind"><c>opening</c>, <c>drift</c>, <c>changed</c>, <c>recovered</c> or <c>repaired</c>.</param>
/// <param name="Expected">What the books said, before anything was booked.</param>
/// <param name="Actual">What was at the broker.</param>
/// <param name="Difference">The latter less the former.</param>
/// <param name="DriftId">The drift that this ended.</param>
/// <param name="RepairId">The repair.</param>
/// <param name="ActorId">The admin who repaired it.</param>
/// <param name="Reason">Why, in the admin's words.</param>
public sealed record ReconciliationEntry(
    long Id,
    DateTimeOffset At,
    string Asset,
    string Kind,
    decimal Expected,
    decimal Actual,
    decimal Difference,
    long? DriftId,
    Guid? RepairId,
    Guid? ActorId,
    string? Reason);
