using Npgsql;
using StratForge.Alpaca;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Hosting;
using StratForge.Trading.Ledger;

namespace StratForge.Gateway.Reconciliation;

/// <summary>Books what the venue has booked in the account by itself, each entry once: docs/venue-bookings.md.</summary>
internal sealed partial class VenueBookingDesk(
    IAccountHistory history, VenueBookingStore store, BookKeeper books, TimeProvider clock, ILogger<VenueBookingDesk> logger)
{
    // The venue dates some entries back; what comes later than this is a drift for somebody to look at.
    private const int DaysBack = 7;

    /// <summary>Books what is new. The first time it only notes what is there. Only where the books are kept.</summary>
    /// <exception cref="AlpacaException">The venue does not answer; what was booked before that stays.</exception>
    /// <exception cref="NotLeadingException">The books are kept elsewhere.</exception>
    public async Task BookAsync(CancellationToken cancellationToken)
    {
        if (await store.ReadNewestAsync(cancellationToken) is not { } newest)
        {
            var today = await history.GetDateAsync(cancellationToken);
            await store.BeginAsync(today, await ReadAsync(today, cancellationToken), clock.Now(), cancellationToken);
            return;
        }

        var found = await ReadAsync(newest, cancellationToken);
        if (found.Count == 0)
        {
            return;
        }

        var known = await store.ListKnownAsync([.. found.Select(booking => booking.Id)], cancellationToken);
        DateOnly? date = null;
        foreach (var group in found.Where(booking => !known.Contains(booking.Id)).GroupBy(KeyOf).OrderBy(group => group.Key.Date))
        {
            VenueBooking[] entries = [.. group];
            if (entries[0].CorrectsFills && group.Key.Date >= (date ??= await history.GetDateAsync(cancellationToken)))
            {
                // Only when the day is over all fills and all of its entries are there.
                continue;
            }

            await BookAsync(entries, cancellationToken);
        }
    }

    // Corrections of one symbol and day belong together; any other entry stands alone.
    private static (VenueBookingKind Kind, DateOnly Date, string Which) KeyOf(VenueBooking booking) =>
        (booking.Kind, booking.Date, booking.CorrectsFills ? booking.Symbol! : booking.Id);

    private async Task<List<VenueBooking>> ReadAsync(DateOnly newest, CancellationToken cancellationToken)
    {
        var found = new List<VenueBooking>();
        await foreach (var activity in history.ListBookingsAsync(newest.AddDays(-DaysBack), cancellationToken))
        {
            if (VenueBooking.Of(activity) is { } booking)
            {
                found.Add(booking);
            }
        }

        return found;
    }

    private async Task BookAsync(VenueBooking[] entries, CancellationToken cancellationToken)
    {
        var first = entries[0];
        var charges = await ShareAsync(entries, cancellationToken);
        var (reason, asset) = first.Kind switch
        {
            VenueBookingKind.CoinFee => (PostingReason.Fee, first.Symbol!),
            VenueBookingKind.Dividend => (PostingReason.Dividend, BookedAsset.Usd),
            VenueBookingKind.Interest => (PostingReason.Interest, BookedAsset.Usd),
            _ => (PostingReason.Fee, BookedAsset.Usd),
        };
        try
        {
            await books.AskAsync(new BookVenueEntries(entries, charges, reason, asset), cancellationToken);
            foreach (var entry in entries)
            {
                LogBooked(entry.Type, entry.Id, entry.Amount, asset, charges.Count(charge => charge.UserId is not null));
            }
        }
        catch (PostgresException exception) when (exception is { SqlState: PostgresErrorCodes.UniqueViolation, TableName: "venue_bookings" })
        {
            // Nobody knew whether it had been written; it had.
        }
    }

    private async Task<IReadOnlyList<AccountCharge>> ShareAsync(VenueBooking[] entries, CancellationToken cancellationToken)
    {
        var first = entries[0];
        var amount = entries.Sum(entry => entry.Amount);
        switch (first.Kind)
        {
            case VenueBookingKind.CoinFee or VenueBookingKind.CoinFeeInCash:
                var paid = await store.ListCoinFeesAsync(first, cancellationToken);

                // The fills have paid by the schedule; what the venue says in the end takes its place.
                var estimate = await store.WasCorrectedAsync(first, cancellationToken) ? 0 : paid.Sum(fee => fee.Weight);
                return VenueBookings.Fee(amount + estimate, first.Kind == VenueBookingKind.CoinFeeInCash, paid);
            case VenueBookingKind.RegulatoryFee:
                // The trading activity fee is per unit, the others are per dollar.
                var byUnits = first.Description?.Contains("TAF", StringComparison.OrdinalIgnoreCase) ?? false;
                return VenueBookings.Fee(amount, isCash: true, await store.ListSalesAsync(first, byUnits, cancellationToken));
            case VenueBookingKind.Dividend when first.Symbol is not null:
                return VenueBookings.Dividend(
                    amount, first.Quantity != 0 ? first.Quantity : first.PerUnit is { } and not 0 ? amount / first.PerUnit : null,
                    await store.ListHoldersAsync(first, cancellationToken));
            default:
                return VenueBookings.Fee(amount, isCash: true, []);
        }
    }

    [LoggerMessage(LogLevel.Information, "The venue's entry {Type} {Id} of {Amount} {Asset} is booked, with {Users} users")]
    private partial void LogBooked(string type, string id, decimal amount, string asset, int users);
}
