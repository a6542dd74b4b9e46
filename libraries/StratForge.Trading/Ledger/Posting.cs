namespace StratForge.Trading.Ledger;

/// <summary>One entry of the double-entry ledger: an amount of one asset moves from one account to another.</summary>
/// <param name="Debit">Gives.</param>
/// <param name="Credit">Receives.</param>
/// <param name="Asset"><c>USD</c>, or a symbol for its units.</param>
/// <param name="Amount">Greater than zero.</param>
/// <param name="Reason">One of <see cref="PostingReason"/>.</param>
public sealed record Posting(LedgerAccount Debit, LedgerAccount Credit, string Asset, decimal Amount, string Reason);

/// <summary>An account of the ledger, together with an asset. Its balance is what it received less what it gave.</summary>
/// <param name="Owner">A user, or <see cref="House"/>.</param>
/// <param name="Kind">One of <see cref="LedgerKind"/>.</param>
public readonly record struct LedgerAccount(Guid Owner, string Kind)
{
    /// <summary>Owner of the accounts that face the venue.</summary>
    public static readonly Guid House = Guid.Empty;
}

/// <summary>Kinds of ledger accounts.</summary>
public static class LedgerKind
{
    /// <summary>A user's free cash.</summary>
    public const string Cash = "cash";

    /// <summary>A user's cash promised to open buys.</summary>
    public const string CashReserved = "cash_reserved";

    /// <summary>A user's free units of a symbol.</summary>
    public const string Units = "units";

    /// <summary>A user's units promised to open sells.</summary>
    public const string UnitsReserved = "units_reserved";

    /// <summary>The venue's other side of trades; mirrors what all users hold, with the sign turned.</summary>
    public const string Market = "market";

    /// <summary>What the venue took as fees.</summary>
    public const string Fees = "fees";
}

/// <summary>Why an entry was made.</summary>
public static class PostingReason
{
    /// <summary>Released from a reservation.</summary>
    public const string Release = "release";

    /// <summary>An execution.</summary>
    public const string Trade = "trade";

    /// <summary>The venue's fee.</summary>
    public const string Fee = "fee";
}
