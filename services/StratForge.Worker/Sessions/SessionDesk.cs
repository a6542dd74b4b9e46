using System.Collections.Concurrent;
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

/// <summary>Takes this worker's fair part of the sessions, starts them, says that it lives, and hands over what is another's part.</summary>
/// <remarks>The rules of sharing are in docs/takeover.md.</remarks>
internal sealed partial class SessionDesk(
    SessionServices services,
    LeaseStore leases,
    WorkerLease lease,
    CompileDesk compiler,
    HostSpawner spawner,
    HostPrograms programs,
    IConnectionMultiplexer redis,
    IOptions<WorkerOptions> options,
    ILogger<SessionDesk> logger) : BackgroundService
{
    private const int ClaimsAtOnce = 200;

    // A hand-over costs the other worker the start of a host: this many at once keep two processors busy for a second.
    private const int HandOversAtOnce = 20;
    private static readonly TimeSpan CheckEvery = TimeSpan.FromMilliseconds(250);

    // Longer than an event may take, so that hardly any is cut off.
    private static readonly TimeSpan DrainFor = TimeSpan.FromSeconds(6);

    private readonly ConcurrentDictionary<Guid, HeldSession> _held = new();
    private readonly SemaphoreSlim _look = new(0);
    private readonly SemaphoreSlim _renew = new(0);
    private HashSet<Guid> _strays = [];

    private int _checks;
    private int _startsWaiting;
    private volatile SessionCounts _counts = new();

    /// <summary>Sessions claimed by this worker.</summary>
    public int Claimed => _held.Count;

    /// <summary>Of these, the ones that are up to date with the market.</summary>
    public int Live => _held.Values.Count(held => held.Session is { IsLive: true });

    /// <summary>What they were doing when they were last looked at.</summary>
    public SessionCounts Counts => _counts;

    /// <summary>Sessions whose host is started once others have been.</summary>
    public int StartsWaiting => Volatile.Read(ref _startsWaiting);

    /// <summary>Events that its hosts have handled since it started, bars one by one.</summary>
    public long EventsHandled => services.EventsHandled;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await lease.BeatAsync(leaving: true, cancellationToken);
            var held = _held.Values.ToArray();
            await HandOverAsync(held, cancellationToken);

            // What the gateway has not answered by now is sent again by whoever comes next.
            await services.Sender.DrainAsync(new CancellationToken(canceled: true));
            await lease.EndAsync(cancellationToken);
            LogReleased(held.Length);
        }
        catch (NpgsqlException exception)
        {
            // Its lock is gone with the process, and the others see that.
            LogNotReleased(_held.Count, exception.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        services.Stopping = stoppingToken;
        new BusSubscription(redis, services.Clock, logger).Start(
            new RedisChannel(Topics.SubscriptionUpdates, RedisChannel.PatternMode.Literal), OnControl, () => _look.Release(), stoppingToken);
        services.Loop.Every(CheckEvery, CheckAll);
        await Task.WhenAll(ShareAsync(stoppingToken), RenewAsync(stoppingToken));
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

        if (secondly)
        {
            _counts = Count();
        }
    }

    private SessionCounts Count()
    {
        var counts = new SessionCounts { SignalsWaiting = services.Sender.Waiting + services.Sender.Postponed };
        counts.AddLag(services.LongestBarLag);
        services.LongestBarLag = TimeSpan.Zero;
        foreach (var held in _held.Values)
        {
            counts.Add(held.Session);
        }

        return counts;
    }

    private async Task ShareAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                // Those that could be let go but not released, because the database did not answer.
                await HandOverAsync([.. _held.Values.Where(held => held.IsLeaving && !held.IsOver)], cancellationToken);
                var share = await leases.ReadShareAsync(lease.Owner, options.Value.MaxSessions, cancellationToken);
                if (await ClaimAsync(share, cancellationToken))
                {
                    continue;
                }

                var excess = share.Excess(_held.Count);
                if (excess > 0)
                {
                    await HandOverAsync(Spare(Math.Min(excess, HandOversAtOnce)), cancellationToken);
                }
            }
            catch (NpgsqlException exception)
            {
                LogClaimFailed(exception.Message);
            }

            await WaitAsync(_look, options.Value.ClaimEvery, cancellationToken);
        }
    }

    /// <returns>Whether there may be more for it at once.</returns>
    private async Task<bool> ClaimAsync(FairShare share, CancellationToken cancellationToken)
    {
        var room = Math.Min(share.Room(_held.Count), ClaimsAtOnce);
        if (room == 0)
        {
            return false;
        }

        var claimed = await leases.ClaimAsync(lease.Owner, room, cancellationToken);
        foreach (var claim in claimed)
        {
            var held = new HeldSession(claim);
            if (_held.TryAdd(claim.Id, held))
            {
                WorkerTelemetry.Claims.Add(1);
                LogClaimed(claim.Id, claim.Symbol, claim.Epoch);
                _ = RunAsync(held);
            }
        }

        return claimed.Count == room;
    }

    // What has not started yet costs nothing to give away; of the others, the youngest are the soonest rebuilt elsewhere.
    private HeldSession[] Spare(int count) =>
    [
        .. _held.Values
            .Where(held => !held.IsOver && !held.StopRequested && !held.IsLost)
            .OrderBy(held => held.Session is { Loaded.Task.IsCompleted: true })
            .ThenByDescending(held => held.Claim.CreatedAt)
            .Take(count),
    ];

    /// <summary>Lets sessions finish the events they are at, writes down how far they came, and releases them together.</summary>
    private async Task HandOverAsync(HeldSession[] leaving, CancellationToken cancellationToken)
    {
        if (leaving.Length == 0)
        {
            return;
        }

        foreach (var held in leaving)
        {
            held.IsLeaving = true;
        }

        services.Loop.Post(() =>
        {
            foreach (var held in leaving)
            {
                held.Session?.LetGo();
            }
        });

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(DrainFor);
        await Task.WhenAll(leaving.Select(held => held.Gone.Task)).WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await services.Loop.AskAsync(() =>
        {
            foreach (var held in leaving)
            {
                held.Session?.Drop();
            }

            return true;
        });

        await services.Journal.FlushAsync(cancellationToken);
        await leases.ReleaseAsync(
            lease.Owner, [.. leaving.Where(held => !held.IsOver).Select(held => (held.Claim.Id, held.Claim.Epoch))], cancellationToken);
        foreach (var held in leaving.Where(held => !held.IsOver))
        {
            Forget(held);
        }

        WorkerTelemetry.HandOvers.Add(leaving.Length);
        LogHandedOver(leaving.Length);
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        var isAlive = false;
        while (true)
        {
            var known = _held.Values.Where(held => !held.IsOver && !held.IsLeaving).ToArray();
            try
            {
                await lease.BeatAsync(leaving: false, cancellationToken);
                if (!isAlive)
                {
                    // Only now may it claim.
                    isAlive = true;
                    _look.Release();
                }

                await CompareAsync(known, cancellationToken);
            }
            catch (NpgsqlException exception)
            {
                isAlive = false;
                LogRenewFailed(known.Length, exception.Message);
            }

            await WaitAsync(_renew, options.Value.RenewEvery, cancellationToken);
        }
    }

    // One look at what the tables say of all sessions: which are lost, which are to stop, and which are ours without our knowing.
    private async Task CompareAsync(HeldSession[] known, CancellationToken cancellationToken)
    {
        var stored = await leases.ReadHeldAsync(lease.Owner, cancellationToken);
        foreach (var held in known)
        {
            if (!stored.TryGetValue(held.Claim.Id, out var mine) || mine.Epoch != held.Claim.Epoch)
            {
                if (!held.IsOver && !held.IsLeaving)
                {
                    Lose(held);
                }
            }
            else if (mine.Status == "STOPPING" && !held.StopRequested)
            {
                held.StopRequested = true;
                services.Loop.Post(() => held.Session?.RequestStop());
            }
        }

        // A claim whose answer was lost: seen twice in a row without being held, it goes back.
        var unknown = stored.Where(mine => !_held.ContainsKey(mine.Key)).Select(mine => (mine.Key, mine.Value.Epoch)).ToArray();
        var strays = unknown.Where(mine => _strays.Contains(mine.Key)).ToArray();
        _strays = [.. unknown.Select(mine => mine.Key)];
        if (strays.Length > 0)
        {
            await leases.ReleaseAsync(lease.Owner, strays, cancellationToken);
            LogStrays(strays.Length);
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

    private void Forget(HeldSession held)
    {
        _held.TryRemove(KeyValuePair.Create(held.Claim.Id, held));
        held.Gone.TrySetResult();
    }

    [LoggerMessage(LogLevel.Information, "Session {SessionId} on {Symbol} claimed with epoch {Epoch}")]
    private partial void LogClaimed(Guid sessionId, string symbol, long epoch);

    [LoggerMessage(LogLevel.Warning, "Session {SessionId} belongs to another worker now")]
    private partial void LogLost(Guid sessionId);

    [LoggerMessage(LogLevel.Information, "{Count} sessions released for other workers")]
    private partial void LogReleased(int count);

    [LoggerMessage(LogLevel.Warning, "{Count} sessions could not be released; others take them when they miss this worker: {Reason}")]
    private partial void LogNotReleased(int count, string reason);

    [LoggerMessage(LogLevel.Warning, "Sessions can't be claimed now, trying again: {Reason}")]
    private partial void LogClaimFailed(string reason);

    [LoggerMessage(LogLevel.Warning, "The lease on {Count} sessions can't be renewed now, trying again: {Reason}")]
    private partial void LogRenewFailed(int count, string reason);

    [LoggerMessage(LogLevel.Warning, "A control message is not one; it is ignored")]
    private partial void LogStrangeControl();

    [LoggerMessage(LogLevel.Information, "{Count} sessions handed over to other workers")]
    private partial void LogHandedOver(int count);

    [LoggerMessage(LogLevel.Warning, "{Count} sessions were claimed without an answer and are released")]
    private partial void LogStrays(int count);
}
