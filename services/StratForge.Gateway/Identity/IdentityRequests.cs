using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Identity;

/// <summary>Opens an account.</summary>
/// <param name="Email">Where the user can be reached; kept in lower case.</param>
/// <param name="Username">1 to 64 characters.</param>
/// <param name="Password">10 to 256 characters.</param>
public sealed record RegisterRequest(string? Email = null, string? Username = null, string? Password = null) : IValidated
{
    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        CredentialRules.CheckEmail(errors, Email);
        CredentialRules.CheckUsername(errors, Username);
        CredentialRules.CheckPassword(errors, "password", Password);
    }
}

/// <summary>Signs in.</summary>
/// <param name="Email">The address the account was opened with, in any case.</param>
/// <param name="Password">Its password.</param>
public sealed record LoginRequest(string? Email = null, string? Password = null) : IValidated
{
    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        errors.Require("email", Email, 254);
        errors.Require("password", Password, CredentialRules.LongestPassword);
    }
}

/// <summary>Sets a new password with the code that an admin gave, which works once: ends every sign-in of the user and revokes his API keys.</summary>
/// <param name="Code">As the admin was shown it.</param>
/// <param name="NewPassword">10 to 256 characters.</param>
public sealed record SetPasswordRequest(string? Code = null, string? NewPassword = null) : IValidated
{
    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        errors.Require("code", Code, 512);
        CredentialRules.CheckPassword(errors, "newPassword", NewPassword);
    }
}

/// <summary>Whether everybody may open an account.</summary>
/// <param name="Open">False where an admin opens them.</param>
public sealed record RegistrationResponse(bool Open);

/// <summary>Trades a refresh token for new tokens.</summary>
/// <param name="RefreshToken">As login or the last refresh gave it. It works once.</param>
public sealed record RefreshRequest(string? RefreshToken = null) : IValidated
{
    /// <inheritdoc/>
    public void Validate(FieldErrors errors) => errors.Require("refreshToken", RefreshToken, 512);
}

/// <summary>Ends a sign-in.</summary>
/// <param name="RefreshToken">Of the sign-in to end; without it the one that the request itself is made with.</param>
public sealed record LogoutRequest(string? RefreshToken = null);

/// <summary>Sets a new password, ends every sign-in of the user but the new one, and revokes his API keys.</summary>
/// <param name="CurrentPassword">The one in force.</param>
/// <param name="NewPassword">10 to 256 characters.</param>
public sealed record ChangePasswordRequest(string? CurrentPassword = null, string? NewPassword = null) : IValidated
{
    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        errors.Require("currentPassword", CurrentPassword, CredentialRules.LongestPassword);
        CredentialRules.CheckPassword(errors, "newPassword", NewPassword);
    }
}

/// <summary>Changes the profile.</summary>
/// <param name="Username">1 to 64 characters.</param>
public sealed record ProfileRequest(string? Username = null) : IValidated
{
    /// <inheritdoc/>
    public void Validate(FieldErrors errors) => CredentialRules.CheckUsername(errors, Username);
}

/// <summary>A sign-in, for clients that keep tokens themselves; browsers get the same as a cookie they can't read.</summary>
/// <param name="User">Who signed in.</param>
/// <param name="AccessToken">Send it as <c>Authorization: Bearer …</c>.</param>
/// <param name="RefreshToken">Buys the next pair of tokens, once.</param>
/// <param name="ExpiresIn">Seconds until the access token is over.</param>
public sealed record SignInResponse(User User, string AccessToken, string RefreshToken, int ExpiresIn);

/// <summary>What emails, names and passwords may be.</summary>
internal static class CredentialRules
{
    /// <summary>Hashing takes all of it; without a bound a megabyte would be hashed hundreds of thousands of times over.</summary>
    public const int LongestPassword = 256;

    private const int ShortestPassword = 10;

    public static void CheckEmail(FieldErrors errors, string? email)
    {
        if (errors.Require("email", email, 254)
            && (email.Split('@') is not [{ Length: > 0 }, { Length: > 0 }] || email.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))))
        {
            errors.Add("email", "is not an email address.");
        }
    }

    public static void CheckUsername(FieldErrors errors, string? username)
    {
        if (errors.Require("username", username, 64) && (username.Any(char.IsControl) || username.Trim() != username))
        {
            errors.Add("username", "may not begin or end with a space or hold control characters.");
        }
    }

    public static void CheckPassword(FieldErrors errors, string field, string? password)
    {
        if (errors.Require(field, password, LongestPassword) && password.Length < ShortestPassword)
        {
            errors.Add(field, $"needs at least {ShortestPassword} characters.");
        }
    }
}
