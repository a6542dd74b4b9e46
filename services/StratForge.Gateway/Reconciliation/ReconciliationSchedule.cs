using Npgsql;
using StratForge.Alpaca;
using StratForge.Gateway.Bookkeeping;

namespace StratForge.Gateway.Reconciliation;

/// <summary>Compares books and broker every half minute, when this gateway begins to keep the books, and at each connection of the order stream.</summary>
internal sealed partial class ReconciliationSchedule(
    Reconciler reconciler, BookKeeper books, BooksLeader leader, TimeProvider clock, ILogger<ReconciliationSchedule> logger) : BackgroundService
{
    // Two requests of the broker's 200 a minute for each look.
    private static readonly TimeSpan CompareEvery = TimeSpan.FromSeconds(30);

    // After a look that came to nothing: the first one is what an operator waits for.
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(5);

    // How soon it is noticed that this gateway keeps the books.
    private static readonly TimeSpan LookUpEvery = TimeSpan.FromMilliseconds(200);

    private int _connected;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        leader.Connected += NoteConnection;
        try
        {
            var leads = false;
            var since = clock.GetTimestamp();
            var wait = CompareEvery;
            using var timer = new PeriodicTimer(LookUpEvery, clock);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (!books.IsLeading)
                {
                    leads = false;
                    ReconciliationTelemetry.SetDrifting(0);
                    continue;
                }

                var isConnected = Interlocked.Exchange(ref _connected, 0) == 1;
                var cause = !leads ? "lead" : isConnected ? "connect" : clock.GetElapsedTime(since) >= wait ? "timer" : null;
                if (cause is not null)
                {
                    leads = true;
                    wait = await TryCompareAsync(cause, stoppingToken) ? CompareEvery : LookAgainAfter;
                    since = clock.GetTimestamp();
                }
            }
        }
        finally
        {
            leader.Connected -= NoteConnection;
        }
    }

    private void NoteConnection() => Interlocked.Exchange(ref _connected, 1);

    private async Task<bool> TryCompareAsync(string cause, CancellationToken cancellationToken)
    {
        try
        {
            await reconciler.CheckAsync(cause, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is AlpacaException or NpgsqlException or NotLeadingException)
        {
            LogPostponed(LookAgainAfter.TotalSeconds, exception.Message);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Books and broker are compared again in {Seconds} s: {Reason}")]
    private partial void LogPostponed(double seconds, string reason);
}
