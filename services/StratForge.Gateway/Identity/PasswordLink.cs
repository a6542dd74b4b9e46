namespace StratForge.Gateway.Identity;

/// <summary>What somebody sets a password with who has none or has forgotten it. It is shown this once.</summary>
/// <param name="Code">For <c>POST /api/auth/set-password</c>, once; on the page it stands behind <c>/app/set-password#</c>.</param>
/// <param name="ExpiresAt">When it is over.</param>
public sealed record PasswordLink(string Code, DateTimeOffset ExpiresAt);
