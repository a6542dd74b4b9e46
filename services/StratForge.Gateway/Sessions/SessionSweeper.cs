using Npgsql;
using StackExchange.Redis;

namespace StratForge.Gateway.Sessions;

/// <summary>Ends sessions whose worker vanished while stopping them, and repairs the bus's sets of wanted symbols.</summary>
/// <remarks>Every gateway does this: all of it may be done twice.</remarks>
internal sealed partial class SessionSweeper(
    SessionStore sessions, Subscriptions subscriptions, IConnectionMultiplexer redis, TimeProvider clock,
    ILogger<SessionSweeper> logger) : BackgroundService
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RepairEvery = TimeSpan.FromSeconds(30);

    /// <summary>A worker that lost a session's claim is without lease within 10 s; this long after the wish to stop nobody is coming back.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    // Long enough that a repair sees every session that failed since the one before, also after a night without a gateway.
    private static readonly TimeSpan LookBack = TimeSpan.FromHours(24);

    private volatile bool _repairNow = true;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A bus that comes back may have lost its sets.
        redis.ConnectionRestored += OnConnectionRestored;
        try
        {
            using var timer = new PeriodicTimer(SweepEvery, clock);
            var repairedAt = clock.GetUtcNow();
            do
            {
                await SweepAsync(stoppingToken);
                if (_repairNow || clock.GetUtcNow() - repairedAt >= RepairEvery)
                {
                    _repairNow = false;
                    repairedAt = clock.GetUtcNow();
                    await RepairAsync(stoppingToken);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        finally
        {
            redis.ConnectionRestored -= OnConnectionRestored;
        }
    }

    private void OnConnectionRestored(object? sender, ConnectionFailedEventArgs arguments) => _repairNow = true;

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await sessions.EndAbandonedAsync(clock.GetUtcNow() - Grace, cancellationToken) is > 0 and var ended)
            {
                LogEnded(ended);
            }
        }
        catch (NpgsqlException exception)
        {
            LogPostponed(exception.Message);
        }
    }

    private async Task RepairAsync(CancellationToken cancellationToken)
    {
        try
        {
            await subscriptions.RepairAsync(clock.GetUtcNow() - LookBack, cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            _repairNow = true;
            LogPostponed(exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Count} sessions were stopping without a worker and have been ended")]
    private partial void LogEnded(int count);

    [LoggerMessage(LogLevel.Warning, "Sessions are looked after at the next turn: {Reason}")]
    private partial void LogPostponed(string reason);
}
