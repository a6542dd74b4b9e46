using Microsoft.Extensions.Options;

namespace StratForge.SimulatedExchange.Floor;

/// <summary>Keeps the market moving while nobody asks it anything.</summary>
internal sealed partial class MarketWalker(
    TradingFloor floor, IOptions<ExchangeOptions> options, TimeProvider time, ILogger<MarketWalker> logger) : BackgroundService
{
    // A timer cannot wait less; a faster market takes several steps at once.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (now, orders, ended) = floor.Ask(view => (view.Now, view.Book.Submitted.Count, view.Ended));
        LogOpened(floor.Prices.Mode, floor.Prices.Instruments.Length, now, options.Value.Speed, orders, options.Value.DataDirectory ?? "nowhere: it is forgotten at the end");
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = floor.Walk();
            if (wait == TimeSpan.MaxValue && !ended)
            {
                ended = true;
                LogEnded();
            }

            wait = wait < ShortestWait ? ShortestWait : wait > LongestWait ? LongestWait : wait;
            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Information, "The {Mode} market of {Symbols} symbols is open; its clock shows {MarketTime:O} and runs {Speed} times as fast as real time. The account has {Orders} orders and is kept in {Directory}")]
    private partial void LogOpened(string mode, int symbols, DateTimeOffset marketTime, double speed, int orders, string directory);

    [LoggerMessage(LogLevel.Information, "The replay has ended: there are no more bars, and the last prices stand")]
    private partial void LogEnded();
}
