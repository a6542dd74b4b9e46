
namespace StratForge.Gateway.Identity;

/// <summary>Decides who gets in.</summary>
internal sealed class IdentityDesk(UserStore users, Passwords passwords, SignIns signIns)
{
    public async Task<RegisterOutcome> RegisterAsync(RegisterRequest request, CancellationToken cancellationToken)
    {
        if (await passwords.HashAsync(request.Password!, cancellationToken) is not { } hash)
        {
            return new RegisterOutcome.Busy();
        }

        return await users.AddAsync(Normalise(request.Email!), request.Username!, hash, Caller.User, cancellationToken) switch
        {
            NewUserOutcome.Added(var user) =>
                new RegisterOutcome.Registered(await signIns.BeginAsync(user, cancellationToken)),
            NewUserOutcome.EmailTaken => new RegisterOutcome.EmailTaken(),
            _ => new RegisterOutcome.UsernameTaken(),
        };
    }

    public async Task<LoginOutcome> LoginAsync(LoginRequest request, CancellationToken cancellationToken)
    {
        var credentials = await users.FindByEmailAsync(Normalise(request.Email!), cancellationToken);
        return await CheckAsync(credentials, request.Password!, cancellationToken)
            ?? new LoginOutcome.SignedIn(await signIns.BeginAsync(credentials!.User, cancellationToken));
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

        await users.ChangePasswordAsync(caller.UserId, hash, cancellationToken);
        signIns.Forget(caller.FamilyId);
        return new LoginOutcome.SignedIn(await signIns.BeginAsync(credentials!.User, cancellationToken));
    }

    private async Task<LoginOutcome?> CheckAsync(
        Credentials? credentials, string password, CancellationToken cancellationToken) =>
        await passwords.VerifyAsync(credentials?.PasswordHash, password, cancellationToken) switch
        {
            true => null,
            false => new LoginOutcome.Wrong(),
            null => new LoginOutcome.Busy(),
        };

    private static string Normalise(string email) => email.Trim().ToLowerInvariant();
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

    public sealed record Busy : RegisterOutcome;
}

/// <summary>What became of a password that was shown.</summary>
internal abstract record LoginOutcome
{
    private LoginOutcome()
    {
    }

    public sealed record SignedIn(Identity.SignedIn Tokens) : LoginOutcome;

    public sealed record Wrong : LoginOutcome;

    public sealed record Busy : LoginOutcome;
}
