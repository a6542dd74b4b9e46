using StratForge.Trading.Risk;

namespace StratForge.Gateway.Users;

/// <summary>Somebody's account, as those see it who run the platform.</summary>
/// <param name="Id">Theirs for good.</param>
/// <param name="Email">In lower case.</param>
/// <param name="Username">As they wish to be called.</param>
/// <param name="Role"><c>user</c> or <c>admin</c>.</param>
/// <param name="State"><c>active</c> or <c>locked</c>.</param>
/// <param name="CreatedAt">When it was opened.</param>
/// <param name="LockedAt">Since when it is locked; null when it is not.</param>
/// <param name="LockReason">Why, if somebody said.</param>
/// <param name="PasswordLinkExpiresAt">Until when a link sets its password; null when none does.</param>
/// <param name="TradingMode">The house's switch over its owner: <c>normal</c>, <c>reduce_only</c>, <c>flatten</c> or <c>pause</c>.</param>
/// <param name="OpenSessions">Sessions that have not ended.</param>
public sealed record UserAccount(
    Guid Id,
    string Email,
    string Username,
    string Role,
    string State,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LockedAt,
    string? LockReason,
    DateTimeOffset? PasswordLinkExpiresAt,
    TradingMode TradingMode,
    int OpenSessions);
