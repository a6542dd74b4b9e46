using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Npgsql;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Identity;
using StratForge.Gateway.Sessions;
using StratForge.Gateway.Strategies;

namespace StratForge.Gateway.Demo;

/// <summary>Gives a fresh install a user whose strategies trade, so that there is something to see.</summary>
/// <remarks>Looks at what is there and adds what is missing, under a lock, so it may be interrupted, repeated and done by several
/// gateways at once. What the demo user stopped or deleted stays so.</remarks>
internal sealed partial class DemoAccount(
    NpgsqlDataSource database,
    UserStore users,
    Passwords passwords,
    StrategyStore strategies,
    SessionDesk sessions,
    IOptions<DemoOptions> options,
    IServer server,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<DemoAccount> logger) : BackgroundService
{
    public const string Email = "demo@stratforge.local";

    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled)
        {
            return;
        }

        // The address to print is known once the server listens.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (lifetime.ApplicationStarted.Register(started.SetResult))
        {
            await started.Task.WaitAsync(stoppingToken);
        }

        while (!await TryCreateAsync(stoppingToken))
        {
            await Task.Delay(RetryEvery, clock, stoppingToken);
        }
    }

    private async Task<bool> TryCreateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var turn = connection.Command("select pg_advisory_xact_lock(hashtextextended('demo-account', 0))");
            await turn.ExecuteNonQueryAsync(cancellationToken);

            var userId = await EnsureUserAsync(cancellationToken);
            foreach (var strategy in DemoStrategy.All)
            {
                await EnsureRunningAsync(userId, strategy, cancellationToken);
            }

            return true;
        }
        catch (NpgsqlException exception)
        {
            LogPostponed(exception.Message);
            return false;
        }
    }

    private async Task<Guid> EnsureUserAsync(CancellationToken cancellationToken)
    {
        if (await users.FindByEmailAsync(Email, cancellationToken) is { User.Id: var known })
        {
            return known;
        }

        var password = options.Value.Password ?? Passwords.Draw();
        var hash = await passwords.HashAsync(password, cancellationToken)
            ?? throw new InvalidOperationException("Nobody can be signing in before the gateway has started.");
        var outcome = await users.AddUnderFreeNameAsync(Email, "demo", hash, Caller.User, cancellationToken);
        var user = outcome is NewUserOutcome.Added(var added)
            ? added
            : throw new InvalidOperationException($"The demo user can't be created: {outcome}.");

        // To the console and nowhere else: logs travel to collectors, and this is the only copy of the password.
        Console.Out.WriteLine(options.Value.Password is null
            ? $"[demo] Sign in at {Address()} as {Email} with password {password}"
            : $"[demo] Sign in at {Address()} as {Email} with the configured password");
        return user.Id;
    }

    private async Task EnsureRunningAsync(Guid userId, DemoStrategy demo, CancellationToken cancellationToken)
    {
        await using var find = database.Command("""
            select id, deleted_at is not null
            from strategies
            where user_id = $1 and name = $2
            order by created_at
            limit 1
            """, userId, demo.Name);
        var known = await find.FirstAsync(rows => new Known(rows.GetGuid(0), rows.GetBoolean(1)), cancellationToken);
        if (known is { Deleted: true })
        {
            return;
        }

        var id = known?.Id ?? NextId();
        if (known is null)
        {
            await strategies.AddAsync(
                userId,
                id,
                new NewStrategyRequest(
                    demo.Name, Strategy.Spell(demo.Language), DemoStrategy.Symbols[0], demo.Code, LogicExplanation: demo.Explanation),
                cancellationToken);
        }

        foreach (var symbol in DemoStrategy.Symbols)
        {
            await using var ran = database.Command(
                "select exists (select from sessions where strategy_id = $1 and symbol = $2)", id, symbol);
            if (!(bool)(await ran.ExecuteScalarAsync(cancellationToken))!)
            {
                var outcome = await sessions.StartAsync(userId, NextId(), new NewSession(id, symbol), cancellationToken);
                LogSession(symbol, demo.Name, outcome.GetType().Name);
            }
        }
    }

    private Guid NextId() => Guid.CreateVersion7(clock.GetUtcNow());

    private string Address()
    {
        if (options.Value.Url is { Length: > 0 } url)
        {
            return url;
        }

        var address = BindingAddress.Parse(server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        var host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "localhost" : address.Host;
        return $"{address.Scheme}://{host}:{address.Port}";
    }

    private sealed record Known(Guid Id, bool Deleted);

    [LoggerMessage(LogLevel.Information, "Demo session on {Symbol} of {Strategy}: {Outcome}")]
    private partial void LogSession(string symbol, string strategy, string outcome);

    [LoggerMessage(LogLevel.Warning, "The demo account is created a little later: {Reason}")]
    private partial void LogPostponed(string reason);
}
