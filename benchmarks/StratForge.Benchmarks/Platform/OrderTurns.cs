using StratForge.Benchmarks.Measuring;

namespace StratForge.Benchmarks.Platform;

/// <summary>Some bars on each of which every session orders one unit, each bar when the orders of the one before are at the broker.</summary>
internal static class OrderTurns
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <param name="feed">Publishes the bars.</param>
    /// <param name="sink">Where the orders arrive.</param>
    /// <param name="sessions">How many order.</param>
    /// <param name="bars">How many bars.</param>
    /// <param name="latencies">Gets the time from the publication to each order.</param>
    /// <param name="timer">Bars come on its ticks.</param>
    /// <param name="trace">Gives a bar's trace context, if they are to be traced.</param>
    public static async Task RunAsync(
        BarFeed feed, BrokerSink sink, int sessions, int bars, Latencies latencies, PeriodicTimer timer, Func<string>? trace = null)
    {
        for (var i = 0; i < bars; i++)
        {
            var published = await feed.PublishAsync(trace);
            using var patience = new CancellationTokenSource(Patience);
            for (var arrived = 0m; arrived < sessions;)
            {
                var order = await sink.Arrivals.ReadAsync(patience.Token);
                latencies.Add(published, order.At, (int)order.Quantity);
                arrived += order.Quantity;
            }

            await timer.WaitForNextTickAsync();
        }
    }
}
