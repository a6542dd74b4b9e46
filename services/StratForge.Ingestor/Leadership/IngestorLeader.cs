using System.Diagnostics;
using System.Net.Sockets;
using Npgsql;
using StratForge.Alpaca;
using StratForge.Contracts.Market;
using StratForge.Ingestor.Bars;
using StratForge.Ingestor.Publishing;
using StratForge.Ingestor.Subscriptions;
using StratForge.Ingestor.Venues;

namespace StratForge.Ingestor.Leadership;

/// <summary>Waits for its turn to lead, leads for as long as its connection to Postgres lives, and waits again.</summary>
internal sealed partial class IngestorLeader(
    NpgsqlDataSource database,
    WantedSymbols wanted,
    AlpacaMarketStreams streams,
    VenueHistory history,
    BusPublisher publisher,
    BarRetention retention,
    SilencePatience silence,
    IngestorState state,
    IngestorTelemetry telemetry,
    TimeProvider clock,
    ILoggerFactory loggers,
    ILogger<IngestorLeader> logger) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan TidyEvery = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Activity.Current = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var leader = await LeaderConnection.TakeAsync(database, RetryAfter, clock, stoppingToken);
                LogLeads();
                await LeadAsync(leader, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (fault is NpgsqlException or BarConflictException or SocketException or IOException
                or TimeoutException or ObjectDisposedException or InvalidOperationException)
            {
                LogFault(fault.Message);
            }
            finally
            {
                state.StepDown();
            }

            await Task.Delay(RetryAfter, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LeadAsync(LeaderConnection leader, CancellationToken stoppingToken)
    {
        state.Lead();
        var store = new BarStore(leader);
        var statuses = new StatusStore(leader);
        var stocks = Feed(AssetClass.Stock, store, statuses);
        var crypto = Feed(AssetClass.Crypto, store, statuses);

        using var term = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task[] duties =
        [
            stocks.RunAsync(term.Token),
            crypto.RunAsync(term.Token),
            wanted.WatchAsync(
                (assetClass, set) => (assetClass == AssetClass.Crypto ? crypto : stocks).WantAsync(set, term.Token), term.Token),
            leader.WatchAsync(clock, term.Token),
            TidyAsync(store, term.Token),
        ];

        // None of these ends by itself: the first that does ends the term.
        var first = await Task.WhenAny(duties);
        await term.CancelAsync();
        await Task.WhenAll(duties).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
        if (!stoppingToken.IsCancellationRequested)
        {
            LogLost();
        }
    }

    // Whole months go at once, so there is little to do and no hurry.
    private async Task TidyAsync(BarStore store, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TidyEvery, clock);
        do
        {
            if (retention.Keep is { } keep && await store.DropBeforeAsync(keep, cancellationToken) is > 0 and var months)
            {
                LogTidied(months, keep.TotalDays);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private MarketFeed Feed(AssetClass assetClass, BarStore store, StatusStore statuses) =>
        new(assetClass, streams, history, store, statuses, publisher, silence, state, telemetry, clock, loggers.CreateLogger<MarketFeed>());

    [LoggerMessage(LogLevel.Information, "This instance leads")]
    private partial void LogLeads();

    [LoggerMessage(LogLevel.Information, "{Months} months of bars older than {Days:0} days are gone")]
    private partial void LogTidied(int months, double days);

    [LoggerMessage(LogLevel.Warning, "The leader's connection is gone; waiting for the next turn")]
    private partial void LogLost();

    [LoggerMessage(LogLevel.Error, "Leading ended: {Reason}")]
    private partial void LogFault(string reason);
}
