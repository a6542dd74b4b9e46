using Microsoft.Extensions.Options;
using Npgsql;
using StratForge.Gateway.Identity;
using StratForge.Gateway.Streams.Bus;

namespace StratForge.Gateway.Streams.Delivery;

/// <summary>All loops of this gateway: runs them, tells them the time, and looks into the database for them.</summary>
internal sealed partial class StreamLoops : BackgroundService
{
    // Sixteen megabytes of bus at most; beyond that Redis itself holds back, and in the end hangs up, which the loops survive.
    private const int MostWaiting = 256;

    private static readonly TimeSpan RoomEvery = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan ShortestTick = TimeSpan.FromMilliseconds(25);

    private readonly StreamLoop[] _loops;
    private readonly StreamOptions _options;
    private readonly UserEventStore _store;
    private readonly SignIns _signIns;
    private readonly TimeProvider _clock;
    private readonly ILogger<StreamLoops> _logger;
    private readonly SemaphoreSlim _lookNow = new(0, 1);
    private int _next;

    public StreamLoops(
        IOptions<StreamOptions> options, UserEventStore store, SignIns signIns, StreamTelemetry telemetry, TimeProvider clock,
        IHostApplicationLifetime lifetime, ILogger<StreamLoops> logger)
    {
        (_options, _store, _signIns, _clock, _logger) = (options.Value, store, signIns, clock, logger);
        var count = _options.Loops > 0 ? _options.Loops : Math.Clamp(Environment.ProcessorCount / 2, 1, 8);
        _loops = [.. Enumerable.Range(0, count).Select(_ => new StreamLoop(_options, store, count == 1, telemetry, clock, logger))];
        telemetry.Show(() => _loops.Aggregate(default(LoopCounts), (sum, loop) => sum + loop.Counts));
        signIns.WhenEnded(End);
        // Before the server stops taking requests: it waits for connections to end, and these end only when told to.
        lifetime.ApplicationStopping.Register(SayGoodBye);
    }

    public int Count => _loops.Length;

    /// <summary>Open connections, as of the last tick.</summary>
    public int Connections => _loops.Sum(loop => loop.Counts.Connections);

    /// <summary>The loop for the next client.</summary>
    public StreamLoop Next() => _loops[(int)((uint)Interlocked.Increment(ref _next) % (uint)_loops.Length)];

    /// <summary>Hands over what the bus brought; made for <see cref="Count"/> readers.</summary>
    public void Post(BusBatch batch)
    {
        foreach (var loop in _loops)
        {
            loop.Post(batch);
        }
    }

    /// <summary>Waits until the loops have taken in most of what they were given.</summary>
    public async ValueTask RoomAsync(CancellationToken cancellationToken)
    {
        while (Array.Exists(_loops, loop => loop.Waiting > MostWaiting))
        {
            await Task.Delay(RoomEvery, _clock, cancellationToken);
        }
    }

    /// <summary>The bus may have lost events: the database is asked now.</summary>
    public void LookForMissed()
    {
        if (_lookNow.CurrentCount == 0)
        {
            _lookNow.Release();
        }
    }

    public override void Dispose()
    {
        foreach (var loop in _loops)
        {
            loop.Dispose();
        }

        _lookNow.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var running = _loops.Select(loop => loop.RunAsync()).ToArray();
        try
        {
            await (await Task.WhenAny([TickAsync(stoppingToken), LookAsync(stoppingToken), LookAtSignInsAsync(stoppingToken), .. running]));
        }
        finally
        {
            foreach (var loop in _loops)
            {
                loop.Stop();
            }

            await Task.WhenAll(running);
        }
    }

    // What other gateways end is seen at the next look.
    private void End(Guid signIn)
    {
        foreach (var loop in _loops)
        {
            loop.Post(() => loop.KeepOnly([signIn], []));
        }
    }

    private void SayGoodBye()
    {
        foreach (var loop in _loops)
        {
            loop.Post(loop.SayGoodBye);
        }
    }

    private async Task TickAsync(CancellationToken stoppingToken)
    {
        TimeSpan[] habits = [_options.PingEvery / 4, _options.AuthWithin / 4, _options.SlowAfter / 4, _options.HeartbeatEvery / 4, TimeSpan.FromSeconds(0.5)];
        var shortest = habits.Min();
        using var timer = new PeriodicTimer(shortest > ShortestTick ? shortest : ShortestTick, _clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var loop in _loops)
            {
                loop.Post(loop.Tick);
            }
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _lookNow.WaitAsync(_options.TailEvery, stoppingToken);
            foreach (var loop in _loops)
            {
                try
                {
                    if (await loop.AskAsync(loop.Followed) is { Length: > 0 } users)
                    {
                        var tails = await _store.TailsAsync(users, stoppingToken);
                        loop.Post(() => loop.Reach(tails));
                    }
                }
                catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
                {
                    LogNotLooked(exception.Message);
                }
            }
        }
    }

    private async Task LookAtSignInsAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.SignInsEvery, _clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var loop in _loops)
            {
                try
                {
                    if (await loop.AskAsync(loop.SignIns) is { Length: > 0 } families)
                    {
                        var alive = await _signIns.ListAliveAsync(families, stoppingToken);
                        loop.Post(() => loop.KeepOnly([.. families], alive));
                    }
                }
                catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
                {
                    LogNotLooked(exception.Message);
                }
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database is asked for the streams again shortly: {Reason}")]
    private partial void LogNotLooked(string reason);
}
