using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Identity;

/// <summary>Who runs the platform. Section <c>Admin</c>.</summary>
internal sealed class AdminOptions
{
    public const string Section = "Admin";

    /// <summary>Address of the one account whose owner is an admin. Default none: then nobody is.</summary>
    public string? Email { get; set; }

    /// <summary>The account's first password; drawn at random and printed once when it is not given.</summary>
    /// <value>10 to 256 characters.</value>
    public string? Password { get; set; }

    /// <summary>The address as accounts have it; null when none is configured.</summary>
    public string? Address => string.IsNullOrWhiteSpace(Email) ? null : Email.Trim().ToLowerInvariant();

    public bool AddressIsSensible
    {
        get
        {
            var errors = new FieldErrors();
            CredentialRules.CheckEmail(errors, Address);
            return Address is null || errors.None;
        }
    }

    public bool PasswordIsSensible => Password is null or { Length: >= 10 and <= CredentialRules.LongestPassword };
}
