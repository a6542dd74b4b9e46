using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Reconciliation;

/// <summary>Moves a drift that somebody has explained to the house's suspense account.</summary>
/// <param name="Asset"><c>USD</c> or a symbol.</param>
/// <param name="Amount">The drift as it stands: what the broker has more than the books, below zero for less.</param>
/// <param name="Reason">What explains it.</param>
public sealed record RepairRequest(string? Asset, decimal? Amount, string? Reason) : IValidated
{
    private const int LongestReason = 500;

    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (Asset != BookedAsset.Usd && !Contracts.Market.Symbols.IsWellFormed(Asset ?? ""))
        {
            errors.Add("asset", "has to be USD or a symbol: stocks are spelled AAPL or BRK.B, crypto BTC/USD, in capitals.");
        }

        if (Amount is null or 0)
        {
            errors.Add("amount", "is required, and not zero: it names the drift as the report shows it.");
        }

        errors.Require("reason", Reason, LongestReason);
    }
}

/// <summary>A repair that was booked.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Asset"><c>USD</c> or a symbol.</param>
/// <param name="Amount">What was moved to suspense.</param>
/// <param name="Reason">What explains it.</param>
/// <param name="ActorId">The admin who asked for it.</param>
/// <param name="At">When it was booked.</param>
public sealed record Repair(Guid Id, string Asset, decimal Amount, string Reason, Guid ActorId, DateTimeOffset At);

/// <summary>Answers to a repair.</summary>
internal abstract record RepairOutcome
{
    private RepairOutcome()
    {
    }

    public sealed record Booked(Repair Repair) : RepairOutcome;

    /// <summary>Nothing drifts there.</summary>
    /// <param name="Status">How the asset stands; null when neither books nor broker know it.</param>
    public sealed record NoDrift(string? Status) : RepairOutcome;

    /// <summary>Another amount drifts.</summary>
    public sealed record OtherAmount(decimal Drift) : RepairOutcome;
}
