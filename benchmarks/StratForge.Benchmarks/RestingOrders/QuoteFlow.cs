using System.Diagnostics;
using StratForge.Benchmarks.Streams;

namespace StratForge.Benchmarks.RestingOrders;

/// <summary>Quotes, what is due every millisecond.</summary>
internal sealed class QuoteFlow : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _flow;
    private long _published;

    /// <param name="bus">Where.</param>
    /// <param name="rate">Quotes a second, of all together.</param>
    /// <param name="publish">Publishes the next; without it, all the benchmarks' symbols have their turn at prices that never move.</param>
    public QuoteFlow(Publisher bus, int rate, Action<long>? publish = null) =>
        _flow = RunAsync(bus, rate, publish ?? (number => bus.PublishQuote((int)(number % StreamMessages.Symbols), number)), _stop.Token);

    /// <summary>Quotes published so far.</summary>
    public long Published => Volatile.Read(ref _published);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _flow;
        _stop.Dispose();
    }

    private async Task RunAsync(Publisher bus, int rate, Action<long> publish, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var began = Stopwatch.GetTimestamp();
        while (!cancellationToken.IsCancellationRequested)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            for (var due = (long)(Stopwatch.GetElapsedTime(began).TotalSeconds * rate); _published < due; _published++)
            {
                publish(_published);
            }

            bus.Flush();
        }
    }
}
