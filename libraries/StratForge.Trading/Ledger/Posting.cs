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
    /// <summary>Owner of what belongs to no user.</summary>
    public static readonly Guid House = Guid.Empty;
}
