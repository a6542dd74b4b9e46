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

    // How soon it is noticed that this gateway keeps the books.
    private static readonly TimeSpan LookUpEvery = TimeSpan.FromMilliseconds(200);

    private int _connected;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        leader.Connected += NoteConnection;
        try
        {
            var leads = false;
            var comparedAt = clock.GetTimestamp();
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
                var cause = !leads ? "lead" : isConnected ? "connect" : clock.GetElapsedTime(comparedAt) >= CompareEvery ? "timer" : null;
                if (cause is not null)
                {
                    leads = true;
                    await CompareAsync(cause, stoppingToken);
                    comparedAt = clock.GetTimestamp();
                }
            }
        }
        finally
        {
            leader.Connected -= NoteConnection;
        }
    }

    private void NoteConnection() => Interlocked.Exchange(ref _connected, 1);

    private async Task CompareAsync(string cause, CancellationToken cancellationToken)
    {
        try
        {
            await reconciler.CheckAsync(cause, cancellationToken);
        }
        catch (Exception exception) when (exception is AlpacaException or NpgsqlException or NotLeadingException)
        {
            LogPostponed(exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Books and broker are compared at the next turn: {Reason}")]
    private partial void LogPostponed(string reason);
}
