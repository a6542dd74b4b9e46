using Microsoft.Extensions.Options;
using Npgsql;

namespace StratForge.Gateway.Identity;

/// <summary>Sees to it, before the door opens, that the owner of <c>Admin__Email</c> is an admin and nobody else is.</summary>
/// <remarks>Addresses are not verified, so having registered one proves nothing. The account gets its password from whoever runs the installation
/// when it becomes an admin's: he has configured it, or reads it on the console.</remarks>
internal sealed partial class AdminAccount(
    UserStore users, Passwords passwords, IOptions<AdminOptions> options, TimeProvider clock, ILogger<AdminAccount> logger) : IHostedService
{
    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(2);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        while (!await TrySettleAsync(cancellationToken))
        {
            await Task.Delay(RetryEvery, clock, cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<bool> TrySettleAsync(CancellationToken cancellationToken)
    {
        try
        {
            await users.DemoteOthersAsync(options.Value.Address, cancellationToken);
            if (options.Value.Address is { } email)
            {
                await EnsureAsync(email, cancellationToken);
            }

            return true;
        }
        catch (NpgsqlException exception)
        {
            LogPostponed(exception.Message);
            return false;
        }
    }

    private async Task EnsureAsync(string email, CancellationToken cancellationToken)
    {
        if (await users.FindByEmailAsync(email, cancellationToken) is { User.Role: Caller.Admin, IsLocked: false })
        {
            return;
        }

        var password = options.Value.Password ?? Passwords.Draw();
        var hash = await passwords.HashAsync(password, cancellationToken)
            ?? throw new InvalidOperationException("Nobody can be signing in before the gateway has started.");

        // Of gateways that start together one does it.
        if (!await users.HandOverAsync(email, hash, cancellationToken)
            && await users.AddUnderFreeNameAsync(email, "admin", hash, Caller.Admin, cancellationToken) is not NewUserOutcome.Added)
        {
            return;
        }

        // To the console and nowhere else: logs travel to collectors, and this is the only copy of the password.
        Console.Out.WriteLine(options.Value.Password is null
            ? $"[admin] Sign in as {email} with password {password}"
            : $"[admin] Sign in as {email} with the configured password");
    }

    [LoggerMessage(LogLevel.Warning, "The door stays shut until it is settled who is an admin: {Reason}")]
    private partial void LogPostponed(string reason);
}
