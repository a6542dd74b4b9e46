using StratForge.Gateway.Bookkeeping;

namespace StratForge.Gateway.Reconciliation;

/// <summary>Makes what was at the broker before the platform the house's own.</summary>
/// <param name="findings">Every asset as it was found; nothing was ever traded and nothing is on its way.</param>
/// <param name="watch">Tells whether that is still so.</param>
/// <param name="mark">Where the watch stood before the broker was read.</param>
internal sealed class TakeOver(IReadOnlyList<AssetFinding> findings, BooksWatch watch, long mark) : BookQuestion<bool>
{
    private const string Reason = "what was in the account before the platform";

    // Nobody knows whether it was written: the next look sees.
    public override bool IsRepeatable => false;

    protected override bool Decide(BookWork work)
    {
        // Orders of this unit of work are routed after it, so whatever they do comes later.
        if (watch.Mark != mark)
        {
            return false;
        }

        foreach (var finding in findings)
        {
            if (finding.Difference != 0)
            {
                work.House.Repair(finding.Asset, finding.Difference, isOpening: true);
            }

            work.Besides.Add(new Statement(
                """
                insert into reconciliation_history (at, asset, kind, expected, actual, difference, reason)
                values ($1, $2, 'opening', $3, $4, $5, $6)
                """,
                work.Now, finding.Asset, finding.Booked.Expected, finding.Actual, finding.Difference, Reason));
        }

        return true;
    }
}
