using System.Diagnostics;

namespace StratForge.Benchmarks.Streams;

/// <summary>Publishes relayed messages to clients, at a rate or as fast as they are taken.</summary>
internal static class RelayLoad
{
    // Messages on their way at once when as much is sent as can be taken.
    private const int Window = 48;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>At a fixed rate, until everything has arrived, or five seconds longer.</summary>
    /// <returns>Deliveries that did not come.</returns>
    public static async Task<long> PaceAsync(this LoadClients clients, Publisher bus, TimeSpan duration, int perSecond)
    {
        var before = clients.Delivered;
        var messages = (int)(duration.TotalSeconds * perSecond);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / perSecond));
        for (var i = 0; i < messages; i++)
        {
            bus.PublishRelayed();
            bus.Flush();
            await timer.WaitForNextTickAsync();
        }

        return await LeftAsync(clients, before + ((long)messages * clients.Count));
    }

    /// <summary>As fast as it is taken: the next message goes when all but a window of those before have arrived, counted over all clients.</summary>
    /// <returns>Deliveries that did not come.</returns>
    public static async Task<long> SaturateAsync(this LoadClients clients, Publisher bus, TimeSpan duration)
    {
        var before = clients.Delivered;
        var published = 0L;
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < duration;)
        {
            for (var due = ((clients.Delivered - before) / clients.Count) + Window; published < due; published++)
            {
                bus.PublishRelayed();
            }

            bus.Flush();
            if (!await clients.ReachAsync(before + ((published + 1 - Window) * clients.Count), Patience))
            {
                break;
            }
        }

        return await LeftAsync(clients, before + (published * clients.Count));
    }

    private static async Task<long> LeftAsync(LoadClients clients, long expected)
    {
        await clients.ReachAsync(expected, Patience);
        return expected - clients.Delivered;
    }
}
