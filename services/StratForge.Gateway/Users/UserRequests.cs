using StratForge.Gateway.Hosting;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Users;

/// <summary>An account to open for somebody else.</summary>
/// <param name="Email">Where the user can be reached; kept in lower case.</param>
/// <param name="Username">1 to 64 characters.</param>
public sealed record NewUser(string? Email = null, string? Username = null) : IValidated
{
    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        CredentialRules.CheckEmail(errors, Email);
        CredentialRules.CheckUsername(errors, Username);
    }
}

/// <summary>An account that was opened, and what its owner sets his password with.</summary>
/// <param name="User">The account.</param>
/// <param name="Link">Shown this once; another can be made.</param>
public sealed record UserWithLink(UserAccount User, PasswordLink Link);

/// <summary>Locks an account.</summary>
/// <param name="Reason">For other admins; at most 500 characters.</param>
public sealed record LockRequest(string? Reason = null) : IValidated
{
    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (Reason is not null)
        {
            errors.Require("reason", Reason, 500);
        }
    }
}
