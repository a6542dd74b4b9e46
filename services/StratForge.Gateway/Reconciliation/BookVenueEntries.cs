using StratForge.Gateway.Bookkeeping;
using StratForge.Trading.Ledger;

namespace StratForge.Gateway.Reconciliation;

/// <summary>Books some of the venue's entries with what everybody bears of them, in one transaction.</summary>
/// <param name="entries">The entries.</param>
/// <param name="charges">The parts of all of them together.</param>
/// <param name="reason">Why, as the ledger spells it.</param>
/// <param name="asset">What the parts are in.</param>
internal sealed class BookVenueEntries(
    IReadOnlyList<VenueBooking> entries, IReadOnlyList<AccountCharge> charges, string reason, string asset) : BookQuestion<bool>
{
    public override IEnumerable<Guid> Users => charges.Select(charge => charge.UserId).OfType<Guid>();

    // Done twice, the second finds the first by its id and fails: then it is known that it was written.
    protected override bool Decide(BookWork work)
    {
        foreach (var charge in charges)
        {
            work.House.Book(charge, reason, asset, entries[0].Uuid);
        }

        foreach (var entry in entries)
        {
            work.Besides.Add(new Statement(
                """
                insert into venue_bookings (id, type, date, symbol, quantity, net_amount, description, outcome, booked_at)
                values ($1, $2, $3, nullif($4, ''), $5, $6, nullif($7, ''), 'booked', $8)
                """,
                entry.Id, entry.Type, entry.Date, entry.Symbol ?? "", entry.Quantity, entry.NetAmount, entry.Description ?? "", work.Now));
        }

        return true;
    }
}
