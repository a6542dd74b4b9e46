namespace StratForge.Contracts.Internal;

/// <summary>What the gateway made of one signal. A repeat of a known signal gets the stored answer.</summary>
/// <param name="SignalId">The signal.</param>
/// <param name="Status"><see cref="Accepted"/>, <see cref="Rejected"/>, <see cref="Recorded"/> or <see cref="Fenced"/>.</param>
/// <param name="OrderId">The order it became, if it was accepted.</param>
/// <param name="Code">Why it was refused: <c>INSUFFICIENT_FUNDS</c>.</param>
/// <param name="Detail">The same for a reader, with figures.</param>
/// <param name="NewBalance">Cash left to spend after the reservation, USD.</param>
public sealed record ExecuteOutcome(
    Guid SignalId, string Status, Guid? OrderId = null, string? Code = null, string? Detail = null, decimal? NewBalance = null)
{
    /// <summary>The order is committed with its reservation and will reach the broker.</summary>
    public const string Accepted = "ACCEPTED";

    /// <summary>Refused by a rule; nothing changed but the record of the signal.</summary>
    public const string Rejected = "REJECTED";

    /// <summary>Recorded only, as asked.</summary>
    public const string Recorded = "RECORDED";

    /// <summary>The sender no longer owns the session: it must stop running it.</summary>
    public const string Fenced = "FENCED";
}
