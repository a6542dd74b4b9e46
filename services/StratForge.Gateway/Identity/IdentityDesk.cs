using Microsoft.Extensions.Options;

namespace StratForge.Gateway.Identity;

/// <summary>Decides who gets in.</summary>
internal sealed class IdentityDesk(
    UserStore users, Passwords passwords, SignIns signIns, PasswordLinks links, IOptions<RegistrationOptions> registration)
{
    public async Task<RegisterOutcome> RegisterAsync(RegisterRequest request, CancellationToken cancellationToken)
    {
        if (!registration.Value.Open)
        {
            return new RegisterOutcome.Closed();
        }

        if (await passwords.HashAsync(request.Password!, cancellationToken) is not { } hash)
        {
            return new RegisterOutcome.Busy();
        }

        return await users.AddAsync(Normalise(request.Email!), request.Username!, hash, Caller.User, cancellationToken) switch
        {
            NewUserOutcome.Added({ Id: var id }) when await signIns.BeginAsync(id, hash, cancellationToken) is { } signedIn =>
                new RegisterOutcome.Registered(signedIn),
            NewUserOutcome.UsernameTaken => new RegisterOutcome.UsernameTaken(),
            _ => new RegisterOutcome.EmailTaken(),
        };
    }

    public async Task<LoginOutcome> LoginAsync(LoginRequest request, CancellationToken cancellationToken)
    {
        var credentials = await users.FindByEmailAsync(Normalise(request.Email!), cancellationToken);
        return await CheckAsync(credentials, request.Password!, cancellationToken)
            // Only whoever knows the password is told.
            ?? (credentials!.IsLocked
                ? new LoginOutcome.Locked()
                : await BeginAsync(credentials.User.Id, credentials.PasswordHash, cancellationToken));
    }

    public async Task<LoginOutcome> ChangePasswordAsync(
        Caller caller, ChangePasswordRequest request, CancellationToken cancellationToken)
    {
        var credentials = await users.FindCredentialsAsync(caller.UserId, cancellationToken);
        if (await CheckAsync(credentials, request.CurrentPassword!, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        if (await passwords.HashAsync(request.NewPassword!, cancellationToken) is not { } hash)
        {
            return new LoginOutcome.Busy();
        }

        if (await users.ChangePasswordAsync(caller.UserId, credentials!.PasswordHash, hash, cancellationToken) is not { } ended)
        {
            return new LoginOutcome.Wrong();
        }

        signIns.Forget(ended);
        return await BeginAsync(caller.UserId, hash, cancellationToken);
    }

    /// <summary>Sets the password of whoever was given a code, and signs him in.</summary>
    public async Task<LoginOutcome> SetPasswordAsync(SetPasswordRequest request, CancellationToken cancellationToken)
    {
        // Looked at first: a guess must not cost us a hash.
        if (!await links.CountsAsync(request.Code!, cancellationToken))
        {
            return new LoginOutcome.Wrong();
        }

        if (await passwords.HashAsync(request.NewPassword!, cancellationToken) is not { } hash)
        {
            return new LoginOutcome.Busy();
        }

        if (await links.UseAsync(request.Code!, hash, cancellationToken) is not { } used)
        {
            return new LoginOutcome.Wrong();
        }

        signIns.Forget(used.Ended);
        return await BeginAsync(used.UserId, hash, cancellationToken);
    }

    private async Task<LoginOutcome> BeginAsync(Guid userId, string checkedHash, CancellationToken cancellationToken) =>
        await signIns.BeginAsync(userId, checkedHash, cancellationToken) is { } signedIn
            ? new LoginOutcome.SignedIn(signedIn)
            : new LoginOutcome.Wrong();

    private async Task<LoginOutcome?> CheckAsync(
        Credentials? credentials, string password, CancellationToken cancellationToken) =>
        await passwords.VerifyAsync(credentials?.PasswordHash, password, cancellationToken) switch
        {
            true => null,
            false => new LoginOutcome.Wrong(),
            null => new LoginOutcome.Busy(),
        };

    internal static string Normalise(string email) => email.Trim().ToLowerInvariant();
}

/// <summary>What became of a registration.</summary>
internal abstract record RegisterOutcome
{
    private RegisterOutcome()
    {
    }

    public sealed record Registered(SignedIn SignedIn) : RegisterOutcome;

    public sealed record EmailTaken : RegisterOutcome;

    public sealed record UsernameTaken : RegisterOutcome;

    public sealed record Closed : RegisterOutcome;

    public sealed record Busy : RegisterOutcome;
}

/// <summary>What became of a password, or a code in place of it, that was shown.</summary>
internal abstract record LoginOutcome
{
    private LoginOutcome()
    {
    }

    public sealed record SignedIn(Identity.SignedIn Tokens) : LoginOutcome;

    public sealed record Wrong : LoginOutcome;

    public sealed record Locked : LoginOutcome;

    public sealed record Busy : LoginOutcome;
}
