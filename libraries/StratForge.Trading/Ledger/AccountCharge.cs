namespace StratForge.Trading.Ledger;

/// <summary>What one owner bears or gets of something that the venue booked in the account by itself.</summary>
/// <param name="UserId">Whose it is; null for the house.</param>
/// <param name="SessionId">Whose position it comes from; null for one held by hand.</param>
/// <param name="Symbol">The symbol that caused it; null where none did.</param>
/// <param name="Amount">Greater than zero for what is received, below zero for what is paid.</param>
public sealed record AccountCharge(Guid? UserId, Guid? SessionId, string? Symbol, decimal Amount);

/// <summary>Who caused it, or holds what it is paid on.</summary>
/// <param name="UserId">The user; null for the house.</param>
/// <param name="SessionId">The session of the position; null for one held by hand.</param>
/// <param name="Symbol">The symbol.</param>
/// <param name="Weight">His part: fees, units or USD; at most 9 decimals.</param>
public sealed record ChargeBasis(Guid? UserId, Guid? SessionId, string Symbol, decimal Weight);
