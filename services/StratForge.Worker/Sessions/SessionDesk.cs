using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using StackExchange.Redis;
using StratForge.Contracts;
using StratForge.Contracts.Market;
using StratForge.Worker.Compilation;
using StratForge.Worker.Hosts;
using StratForge.Worker.Market;

namespace StratForge.Worker.Sessions;

/// <summary>Takes sessions nobody runs, starts them, renews the claims, and lets go of them in good order.</summary>
internal sealed partial class SessionDesk(
    SessionServices services,
    CompileDesk compiler,
    HostSpawner spawner,
    HostPrograms programs,
    IConnectionMultiplexer redis,
    IOptions<WorkerOptions> options,
    ILogger<SessionDesk> logger) : BackgroundService
{
    private const int ClaimsAtOnce = 50;
    private const int MaxRestarts = 3;
    private static readonly TimeSpan CheckEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan HistoryLook = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan DrainFor = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan[] RestartAfter = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)];

    private readonly ConcurrentDictionary<Guid, HeldSession> _held = new();
    private readonly SemaphoreSlim _starts = new(options.Value.ConcurrentStarts);
    private readonly SemaphoreSlim _look = new(0);
    private readonly SemaphoreSlim _renew = new(0);
    private readonly string _owner =
        $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.CreateVersion7(services.Clock.GetUtcNow()):n}";

    private int _checks;

    /// <summary>Sessions claimed by this worker.</summary>
    public int Claimed => _held.Count;

    /// <summary>Of these, the ones that are up to date with the market.</summary>
    public int Live => _held.Values.Count(held => held.Session is { IsLive: true });

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);

        // What the gateway was sent it will have executed: wait for its answers, so that whoever comes next need not send them again.
        services.Loop.Post(() => services.IsClosing = true);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(DrainFor);
        await services.Sender.DrainAsync(patience.Token);

        var held = _held.Values.ToArray();
        await services.Loop.AskAsync(() =>
        {
            foreach (var session in held)
            {
                session.Session?.Drop();
            }

            return true;
        });
        try
        {
            await services.Journal.FlushAsync(cancellationToken);
            await services.Store.ReleaseAsync(_owner, [.. held.Select(session => session.Claim)], cancellationToken);
            LogReleased(held.Length);
        }
        catch (NpgsqlException exception)
        {
            // The leases run out by themselves.
            LogNotReleased(held.Length, exception.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        services.Stopping = stoppingToken;
        new BusSubscription(redis, services.Clock, logger).Start(
            new RedisChannel(Topics.SubscriptionUpdates, RedisChannel.PatternMode.Literal), OnControl, () => _look.Release(), stoppingToken);
        services.Loop.Every(CheckEvery, CheckAll);
        await Task.WhenAll(ClaimAsync(stoppingToken), RenewAsync(stoppingToken));
    }

    private void OnControl(RedisChannel channel, RedisValue value)
    {
        try
        {
            if (JsonSerializer.Deserialize((byte[])value!, ContractsJson.Default.SubscriptionUpdate) is { SessionId: { } sessionId } update)
            {
                if (update.Action == SubscriptionUpdate.Subscribe)
                {
                    _look.Release();
                }
                else if (_held.ContainsKey(sessionId))
                {
                    _renew.Release();
                }
            }
        }
        catch (JsonException)
        {
            LogStrangeControl();
        }
    }

    private void CheckAll()
    {
        var secondly = ++_checks % 4 == 0;
        foreach (var held in _held.Values)
        {
            held.Session?.Check(secondly);
        }
    }

    private async Task ClaimAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var room = Math.Min(options.Value.MaxSessions - _held.Count, ClaimsAtOnce);
                var claimed = room > 0
                    ? await services.Store.ClaimAsync(_owner, room, options.Value.Lease, cancellationToken)
                    : [];
                foreach (var claim in claimed)
                {
                    var held = new HeldSession(claim);
                    if (_held.TryAdd(claim.Id, held))
                    {
                        LogClaimed(claim.Id, claim.Symbol, claim.Epoch);
                        _ = RunAsync(held);
                    }
                }

                if (claimed.Count == ClaimsAtOnce)
                {
                    continue;
                }
            }
            catch (NpgsqlException exception)
            {
                LogClaimFailed(exception.Message);
            }

            await WaitAsync(_look, options.Value.ClaimEvery, cancellationToken);
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await WaitAsync(_renew, options.Value.RenewEvery, cancellationToken);
            var known = _held.Values.Where(held => !held.IsOver).ToArray();
            if (known.Length == 0)
            {
                continue;
            }

            try
            {
                var still = await services.Store.RenewAsync(
                    _owner, [.. known.Select(held => held.Claim)], options.Value.Lease, cancellationToken);
                foreach (var held in known)
                {
                    if (!still.TryGetValue(held.Claim.Id, out var stopping))
                    {
                        Lose(held);
                    }
                    else if (stopping && !held.StopRequested)
                    {
                        held.StopRequested = true;
                        services.Loop.Post(() => held.Session?.RequestStop());
                    }
                }
            }
            catch (NpgsqlException exception)
            {
                LogRenewFailed(known.Length, exception.Message);
            }
        }
    }

    private async Task WaitAsync(SemaphoreSlim signal, TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(atMost, services.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        await signal.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        while (signal.Wait(0, cancellationToken))
        {
        }
    }

    private void Lose(HeldSession held)
    {
        LogLost(held.Claim.Id);
        held.IsLost = true;
        services.Loop.Post(() => held.Session?.Drop());
    }

    private async Task RunAsync(HeldSession held)
    {
        try
        {
            var claim = held.Claim;
            if (claim.IsStopping)
            {
                await EndAsync(held, failure: null);
                return;
            }

            if (programs.Missing(claim.Kind) is { } missing)
            {
                services.Cage.Failed(claim.Kind, missing);
                await EndAsync(held, new HostFailure(HostFailure.RuntimeUnavailable, $"The strategy can't run here: {missing}."));
                return;
            }

            var code = await CodeAsync(claim);
            if (code.Failure is { } failure)
            {
                await EndAsync(held, failure);
                return;
            }

            await AwaitHistoryAsync(held);
            await _starts.WaitAsync(services.Stopping);
            try
            {
                await StartAsync(held, code.Assembly!);
            }
            finally
            {
                _starts.Release();
            }
        }
        catch (OperationCanceledException) when (services.Stopping.IsCancellationRequested)
        {
            // Going down: the session is released with the others.
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or InvalidOperationException or FormatException)
        {
            // What is stored about it can't be read: it stops loudly rather than go on with something else.
            LogUnreadable(held.Claim.Id, exception);
            await EndQuietlyAsync(held, new HostFailure(
                HostFailure.DataCorrupt, "What is stored about this session can't be read. Its operator finds more in the worker's log."));
        }
    }

    private async Task<CompileResult> CodeAsync(ClaimedSession claim) => claim.Kind == HostKind.Python
        ? new CompileResult(Encoding.UTF8.GetBytes(claim.Code), null)
        : await compiler.CompileAsync(claim.UserId, claim.Code, services.Stopping);

    // A symbol nobody traded before has no bars for a moment; a strategy that starts without its history would wait for it bar by bar.
    private async Task AwaitHistoryAsync(HeldSession held)
    {
        var claim = held.Claim;
        var began = services.Clock.GetTimestamp();
        while (!await services.PersistAsync(cancellationToken => services.Store.HasBegunAsync(claim.Id, cancellationToken)) &&
               !await services.PersistAsync(cancellationToken => services.Store.HasBarsAsync(claim.Symbol, cancellationToken)) &&
               services.Clock.GetElapsedTime(began) < options.Value.HistoryPatience && !held.StopRequested && !held.IsLost)
        {
            await Task.Delay(HistoryLook, services.Clock, services.Stopping);
        }
    }

    private async Task StartAsync(HeldSession held, byte[] code)
    {
        var claim = held.Claim;
        if (held.StopRequested)
        {
            await EndAsync(held, failure: null);
            return;
        }

        var start = await services.PersistAsync(cancellationToken => services.Store.OpenAsync(claim, cancellationToken));
        if (start is null || held.IsLost)
        {
            Forget(held);
            return;
        }

        var session = new Session(claim, start, code, services, (_, end) => OnEnded(held, end));
        held.Session = session;
        try
        {
            var process = await spawner.SpawnAsync(programs.Command(claim.Kind));
            services.Loop.Post(() =>
            {
                session.Attach(process);
                if (held.IsLost)
                {
                    session.Drop();
                }
                else if (held.StopRequested)
                {
                    session.RequestStop();
                }
            });
        }
        catch (InvalidOperationException refused)
        {
            services.Loop.Post(() => session.NeverStarted(new HostFailure(HostFailure.RuntimeUnavailable, refused.Message)));
        }

        await session.Loaded.Task.WaitAsync(services.Stopping);
    }

    // On the loop.
    private void OnEnded(HeldSession held, SessionEnd end)
    {
        switch (end)
        {
            case SessionEnd.Dropped:
                if (!services.IsClosing)
                {
                    Forget(held);
                }

                break;
            case SessionEnd.Failed(var failure) when MayRestart(held, failure):
                _ = RestartAsync(held, failure);
                break;
            case SessionEnd.Failed(var failure):
                _ = EndQuietlyAsync(held, failure);
                break;
            case SessionEnd.Stopped:
                _ = EndQuietlyAsync(held, failure: null);
                break;
        }
    }

    // A strategy that crashed after it had worked may have met a bad moment; one that crashes at its start, or breaks a limit, has not.
    private static bool MayRestart(HeldSession held, HostFailure failure) =>
        failure.Code is HostFailure.Crashed or HostFailure.Exited &&
        held.Session is { HasWorked: true } && held.Claim.Restarts < MaxRestarts && !held.StopRequested;

    private async Task RestartAsync(HeldSession held, HostFailure failure)
    {
        try
        {
            var claim = held.Claim;
            LogCrashed(claim.Id, failure.Code, claim.Restarts + 1);
            services.Journal.Log(claim.Id, "error", $"{failure.Detail} It is started again.");
            held.Session = null;
            held.Claim = claim with { Restarts = claim.Restarts + 1 };
            await Task.Delay(RestartAfter[claim.Restarts], services.Clock, services.Stopping);

            // What was answered must be known before the session is read again.
            await services.PersistAsync(async cancellationToken =>
            {
                await services.Journal.FlushAsync(cancellationToken);
                return true;
            });
            await RunAsync(held);
        }
        catch (OperationCanceledException) when (services.Stopping.IsCancellationRequested)
        {
            // Going down: the session is released with the others.
        }
    }

    private async Task EndQuietlyAsync(HeldSession held, HostFailure? failure)
    {
        try
        {
            await EndAsync(held, failure);
        }
        catch (OperationCanceledException) when (services.Stopping.IsCancellationRequested)
        {
            // Going down before the database took it: the next worker comes to the same end.
        }
    }

    private async Task EndAsync(HeldSession held, HostFailure? failure)
    {
        held.IsOver = true;
        await services.PersistAsync(async cancellationToken =>
        {
            await services.Journal.FlushAsync(cancellationToken);
            await services.Store.EndAsync(held.Claim, failure, services.Clock.GetUtcNow(), cancellationToken);
            return true;
        });
        Forget(held);
        if (failure is null)
        {
            LogStopped(held.Claim.Id);
        }
        else
        {
            WorkerTelemetry.Failures.Add(1, KeyValuePair.Create<string, object?>("code", failure.Code));
            LogFailed(held.Claim.Id, failure.Code);
        }
    }

    private void Forget(HeldSession held) => _held.TryRemove(KeyValuePair.Create(held.Claim.Id, held));

    [LoggerMessage(LogLevel.Information, "Session {SessionId} on {Symbol} claimed with epoch {Epoch}")]
    private partial void LogClaimed(Guid sessionId, string symbol, long epoch);

    [LoggerMessage(LogLevel.Information, "Session {SessionId} stopped")]
    private partial void LogStopped(Guid sessionId);

    [LoggerMessage(LogLevel.Information, "Session {SessionId} failed: {Code}")]
    private partial void LogFailed(Guid sessionId, string code);

    [LoggerMessage(LogLevel.Warning, "The host of session {SessionId} ended with {Code}; restart {Restart}")]
    private partial void LogCrashed(Guid sessionId, string code, int restart);

    [LoggerMessage(LogLevel.Warning, "Session {SessionId} belongs to another worker now")]
    private partial void LogLost(Guid sessionId);

    [LoggerMessage(LogLevel.Information, "{Count} sessions released for other workers")]
    private partial void LogReleased(int count);

    [LoggerMessage(LogLevel.Warning, "{Count} sessions could not be released; their leases run out by themselves: {Reason}")]
    private partial void LogNotReleased(int count, string reason);

    [LoggerMessage(LogLevel.Warning, "Sessions can't be claimed now, trying again: {Reason}")]
    private partial void LogClaimFailed(string reason);

    [LoggerMessage(LogLevel.Warning, "The claims of {Count} sessions can't be renewed now, trying again: {Reason}")]
    private partial void LogRenewFailed(int count, string reason);

    [LoggerMessage(LogLevel.Error, "What is stored about session {SessionId} can't be read")]
    private partial void LogUnreadable(Guid sessionId, Exception exception);

    [LoggerMessage(LogLevel.Warning, "A control message is not one; it is ignored")]
    private partial void LogStrangeControl();
}
