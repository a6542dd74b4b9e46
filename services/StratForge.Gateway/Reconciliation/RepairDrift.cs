using StratForge.Gateway.Bookkeeping;

namespace StratForge.Gateway.Reconciliation;

/// <summary>Moves a drift to suspense, and writes down who said why, in one transaction.</summary>
internal sealed class RepairDrift(Guid id, string asset, StandingDrift drift, string reason, Guid actorId) : BookQuestion<Repair>
{
    // Done twice, the second finds the first by its id and fails: then it is known that it was written.
    protected override Repair Decide(BookWork work)
    {
        work.House.Repair(asset, drift.Difference, isOpening: false);
        work.Besides.Add(new Statement(
            """
            insert into reconciliation_history (at, asset, kind, expected, actual, difference, drift_id, repair_id, actor_id, reason)
            select $1, asset, 'repaired', expected, actual, difference, id, $2, $3, $4
            from reconciliation_history
            where id = $5
            """,
            work.Now, id, actorId, reason, drift.Id));
        work.Besides.Add(new Statement(
            """
            update reconciliation_assets
            set status = 'matches', expected = expected + $2, suspense = suspense + $2, drift_id = null, drift = 0, since = $3
            where asset = $1
            """,
            asset, drift.Difference, work.Now));
        return new Repair(id, asset, drift.Difference, reason, actorId, work.Now);
    }
}
