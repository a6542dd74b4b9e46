namespace StratForge.Trading.Ledger;

/// <summary>Kinds of ledger accounts.</summary>
/// <remarks>
/// What is at the broker is the sum of <see cref="Cash"/>, <see cref="CashReserved"/>, <see cref="Margin"/>, <see cref="Suspense"/> and
/// <see cref="Rounding"/> over all owners in USD, and of <see cref="Units"/>, <see cref="UnitsReserved"/> and <see cref="Suspense"/> in a symbol.
/// The other kinds face the outside, or say where money came from.
/// </remarks>
public static class LedgerKind
{
    /// <summary>Free cash. The house's own is what no user was given.</summary>
    public const string Cash = "cash";

    /// <summary>Cash promised to open orders.</summary>
    public const string CashReserved = "cash_reserved";

    /// <summary>Cash held against short positions.</summary>
    public const string Margin = "margin";

    /// <summary>Free units of a symbol; below zero when they are owed. The house's own are what no user holds.</summary>
    public const string Units = "units";

    /// <summary>Units promised to open sells.</summary>
    public const string UnitsReserved = "units_reserved";

    /// <summary>What a user paid in fees, in the asset it was taken from.</summary>
    public const string Fees = "fees";

    /// <summary>What a user's closings brought, USD: a note beside the cash, kept against the house's account of the same kind.</summary>
    public const string RealisedPnl = "realised_pnl";

    /// <summary>What a user was paid for holding, USD: a note beside the cash, kept against the house's account of the same kind.</summary>
    public const string Dividends = "dividends";

    /// <summary>The market as the other side of trades. The house's only.</summary>
    public const string Market = "market";

    /// <summary>Where the house's cash and units came from. The house's only.</summary>
    public const string Capital = "capital";

    /// <summary>Differences from the broker that somebody explained and moved here. The house's only.</summary>
    public const string Suspense = "suspense";

    /// <summary>Fractions of a cent. The house's only.</summary>
    public const string Rounding = "rounding";
}

/// <summary>Why an entry was made.</summary>
public static class PostingReason
{
    /// <summary>Money given to a user, or taken over by the house.</summary>
    public const string Deposit = "deposit";

    /// <summary>Promised to an order.</summary>
    public const string Reserve = "reserve";

    /// <summary>Released from a reservation.</summary>
    public const string Release = "release";

    /// <summary>An execution.</summary>
    public const string Trade = "trade";

    /// <summary>The venue's fee.</summary>
    public const string Fee = "fee";

    /// <summary>Profit or loss of a closing.</summary>
    public const string Pnl = "pnl";

    /// <summary>A payment on units held.</summary>
    public const string Dividend = "dividend";

    /// <summary>Interest on the account's cash, or on what it borrowed. The house's only.</summary>
    public const string Interest = "interest";

    /// <summary>A user began anew.</summary>
    public const string Reset = "reset";

    /// <summary>A difference from the broker that somebody explained.</summary>
    public const string Repair = "repair";
}
