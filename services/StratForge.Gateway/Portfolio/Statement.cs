using System.ComponentModel;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Portfolio;

/// <summary>The time a statement is about.</summary>
internal sealed record StatementQuery : IValidated
{
    [Description("Booked then or later; since the account was opened when not given.")]
    public DateTimeOffset? From { get; init; }

    [Description("Booked before; until now when not given.")]
    public DateTimeOffset? To { get; init; }

    public void Validate(FieldErrors errors)
    {
        if (From >= To)
        {
            errors.Add("from", "has to be before to.");
        }
    }
}

/// <summary>What happened to an account in a time, added up from its ledger entries alone.</summary>
/// <param name="From">Entries booked then or later, by our clock.</param>
/// <param name="To">And before this.</param>
/// <param name="Balances">Every account of the ledger that the user has, at the beginning and the end.</param>
/// <param name="Totals">What the entries of the time moved, by reason.</param>
/// <param name="Deposits">Money given to the user, USD.</param>
/// <param name="Trades">Executions of the user's orders.</param>
/// <param name="Fees">What was paid in fees, by the asset it was taken from.</param>
/// <param name="RealisedPnl">What closings earned, USD.</param>
/// <param name="Dividends">What was paid for holding, USD.</param>
/// <param name="Check">Whether the kept balances are what all entries sum to.</param>
public sealed record AccountStatement(
    DateTimeOffset From,
    DateTimeOffset To,
    IReadOnlyList<StatementBalance> Balances,
    IReadOnlyList<StatementTotal> Totals,
    decimal Deposits,
    int Trades,
    IReadOnlyList<StatementFee> Fees,
    decimal RealisedPnl,
    decimal Dividends,
    StatementCheck Check);

/// <summary>One account of the ledger over the time.</summary>
/// <param name="Kind"><c>cash</c>, <c>cash_reserved</c>, <c>margin</c>, <c>units</c>, <c>units_reserved</c>, <c>fees</c>, <c>realised_pnl</c> or
/// <c>dividends</c>.</param>
/// <param name="Asset"><c>USD</c> or a symbol.</param>
/// <param name="Opening">Sum of all entries before the time.</param>
/// <param name="Closing">The same and those of the time.</param>
public sealed record StatementBalance(string Kind, string Asset, decimal Opening, decimal Closing);

/// <summary>Entries of one reason in one asset.</summary>
/// <param name="Reason">Why they were made.</param>
/// <param name="Asset"><c>USD</c> or a symbol.</param>
/// <param name="Entries">How many.</param>
/// <param name="Received">What came from the house to the user.</param>
/// <param name="Given">What went from the user to the house.</param>
/// <param name="Moved">What moved between accounts of the user.</param>
public sealed record StatementTotal(string Reason, string Asset, int Entries, decimal Received, decimal Given, decimal Moved);

/// <summary>Fees taken from one asset.</summary>
/// <param name="Asset"><c>USD</c>, or the symbol whose units were taken.</param>
/// <param name="Amount">In that asset.</param>
public sealed record StatementFee(string Asset, decimal Amount);

/// <summary>The kept balances against the entries.</summary>
/// <param name="Matches">Whether they are the same, to the last digit.</param>
/// <param name="Differences">Where they are not; empty as long as the books are right.</param>
public sealed record StatementCheck(bool Matches, IReadOnlyList<BalanceDifference> Differences);

/// <summary>A kept balance that is not what its entries sum to.</summary>
/// <param name="Kind">The account of the ledger.</param>
/// <param name="Asset">Its asset.</param>
/// <param name="Kept">What is kept.</param>
/// <param name="Derived">What the entries sum to.</param>
public sealed record BalanceDifference(string Kind, string Asset, decimal Kept, decimal Derived);
