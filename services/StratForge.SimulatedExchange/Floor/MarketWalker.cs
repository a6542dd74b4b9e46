namespace StratForge.SimulatedExchange.Floor;

/// <summary>Keeps the market moving while nobody asks it anything.</summary>
internal sealed class MarketWalker(TradingFloor floor, TimeProvider time) : BackgroundService
{
    // A timer cannot wait less; a faster market takes several steps at once.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = floor.Walk();
            wait = wait < ShortestWait ? ShortestWait : wait > LongestWait ? LongestWait : wait;
            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
