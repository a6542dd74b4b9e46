using StratForge.Alpaca;
using StratForge.Contracts.Market;

namespace StratForge.Gateway.Reconciliation;

/// <summary>What kind of entry it is: decides who bears it.</summary>
internal enum VenueBookingKind
{
    /// <summary>Crypto fees in units. They were booked with the fills already, by the venue's schedule.</summary>
    CoinFee,

    /// <summary>Crypto fees in USD, booked with the fills like those.</summary>
    CoinFeeInCash,

    /// <summary>Fees on sales of stocks, USD.</summary>
    RegulatoryFee,

    /// <summary>A payment on units, or a tax on one, USD.</summary>
    Dividend,

    /// <summary>Interest on the account's cash, USD.</summary>
    Interest,
}

/// <summary>An entry that the venue made in the account by itself.</summary>
/// <param name="Id">The venue's.</param>
/// <param name="Type">Its word for it: <c>CFEE</c>, <c>FEE</c>, <c>DIV</c>, <c>INT</c>, ...</param>
/// <param name="Kind">What that means.</param>
/// <param name="Date">As the venue dates it, in New York.</param>
/// <param name="Symbol">As orders spell it, if it is about one.</param>
/// <param name="Quantity">Units taken as a fee (below zero), or entitled to a dividend; zero where none are named.</param>
/// <param name="NetAmount">What it did to the account's cash, USD.</param>
/// <param name="PerUnit">What a dividend pays per unit.</param>
/// <param name="Description">The venue's words.</param>
internal sealed record VenueBooking(
    string Id, string Type, VenueBookingKind Kind, DateOnly Date, string? Symbol, decimal Quantity, decimal NetAmount, decimal? PerUnit, string? Description)
{
    /// <summary>The part of the id that is one, where it has the venue's usual shape.</summary>
    public Guid? Uuid => Id.IndexOf("::", StringComparison.Ordinal) is >= 0 and var at && Guid.TryParse(Id.AsSpan(at + 2), out var id) ? id : null;

    /// <summary>Whether the fills have paid by our estimate already, which this corrects.</summary>
    public bool CorrectsFills => Kind is VenueBookingKind.CoinFee or VenueBookingKind.CoinFeeInCash;

    /// <summary>What came into the account by it, in its asset.</summary>
    public decimal Amount => Kind == VenueBookingKind.CoinFee ? Quantity : NetAmount;

    /// <summary>The entry, or null when it is undone or not dated.</summary>
    public static VenueBooking? Of(AlpacaActivity activity)
    {
        if (activity is not { Date: { } date, Status: null or "executed" or "correct" })
        {
            return null;
        }

        var symbol = activity.TradedSymbol;
        var isPair = symbol is not null && Symbols.ClassOf(symbol) == AssetClass.Crypto;
        VenueBookingKind? kind = activity.ActivityType switch
        {
            "CFEE" when isPair && activity.Qty is { } and not 0 => VenueBookingKind.CoinFee,
            "CFEE" or "FEE" when isPair => VenueBookingKind.CoinFeeInCash,
            "CFEE" or "FEE" => VenueBookingKind.RegulatoryFee,
            ['D', 'I', 'V', ..] => VenueBookingKind.Dividend,
            ['I', 'N', 'T', ..] => VenueBookingKind.Interest,
            _ => null,
        };
        return kind is { } known
            ? new VenueBooking(
                activity.Id, activity.ActivityType, known, date, symbol, activity.Qty ?? 0, activity.NetAmount ?? 0, activity.PerShareAmount, activity.Description)
            : null;
    }
}
