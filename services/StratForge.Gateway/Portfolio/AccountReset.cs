using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Portfolio;

/// <summary>The wish to begin anew.</summary>
/// <param name="Reason">Why, for the history; may be left out.</param>
public sealed record ResetRequest(string? Reason) : IValidated
{
    private const int LongestReason = 500;

    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (Reason is { Length: > 0 })
        {
            errors.Require("reason", Reason, LongestReason);
        }
    }
}

/// <summary>A new beginning of a virtual account: its positions are gone, its cash is the deposit, its history stays.</summary>
/// <param name="Id">Its id.</param>
/// <param name="At">When.</param>
/// <param name="Deposit">With how much it began, USD.</param>
/// <param name="Reason">Why, if its owner said.</param>
public sealed record AccountReset(Guid Id, DateTimeOffset At, decimal Deposit, string? Reason);

/// <summary>Answers to the wish.</summary>
internal abstract record ResetOutcome
{
    private ResetOutcome()
    {
    }

    public sealed record Done(AccountReset Reset) : ResetOutcome;

    /// <summary>Orders are open.</summary>
    public sealed record OrdersOpen(IReadOnlyList<Guid> Orders) : ResetOutcome;

    /// <summary>Sessions have not ended.</summary>
    public sealed record SessionsRunning(IReadOnlyList<Guid> Sessions) : ResetOutcome;

    /// <summary>There is no account.</summary>
    public sealed record Unknown : ResetOutcome;
}
