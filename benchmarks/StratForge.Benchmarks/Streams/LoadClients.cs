using System.Diagnostics;

namespace StratForge.Benchmarks.Streams;

/// <summary>Many WebSocket clients in this process, over bare sockets: they count what they get and how old it is, and keep nothing else.</summary>
internal sealed class LoadClients : IDisposable
{
    private const int AtOnce = 64;
    private const int Buckets = 4096;

    // Buckets of 2 % from a microsecond on: some two thousand reach beyond an hour.
    private static readonly double Growth = Math.Log(1.02);

    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(0.3);
    private static readonly TimeSpan QuietWithin = TimeSpan.FromSeconds(10);

    private readonly LoadClient[] _clients;
    private readonly long[] _ages = new long[Buckets];
    private readonly TimeSpan _lateAfter;
    private long _delivered;
    private long _late;
    private long _awaited = long.MaxValue;
    private TaskCompletionSource? _reached;

    private LoadClients(int count, TimeSpan lateAfter) => (_clients, _lateAfter) = (new LoadClient[count], lateAfter);

    /// <summary>Values that have arrived.</summary>
    public long Delivered => Interlocked.Read(ref _delivered);

    /// <summary>Those of them that were late.</summary>
    public long Late => Interlocked.Read(ref _late);

    public int Count => _clients.Length;

    /// <summary>Clients whose connection still stands.</summary>
    public int Connected => _clients.Count(client => client.IsConnected);

    /// <summary>The newest number that each client has of each symbol.</summary>
    public IEnumerable<IReadOnlyDictionary<int, long>> Newest => _clients.Select(client => client.Newest);

    /// <summary>Connects clients.</summary>
    /// <param name="relayer">To whom.</param>
    /// <param name="count">How many.</param>
    /// <param name="helloOf">How each begins.</param>
    /// <param name="lateAfter">An older value is late.</param>
    public static async Task<LoadClients> ConnectAsync(Relayer relayer, int count, Func<int, Hello> helloOf, TimeSpan lateAfter)
    {
        var all = new LoadClients(count, lateAfter);
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, cancellationToken) =>
        {
            var client = await LoadClient.OpenAsync(relayer.Port, number, helloOf(number), cancellationToken);
            all._clients[number] = client;
            _ = client.ReadAsync(all);
        });
        return all;
    }

    /// <summary>Publishes until every client has got something, and then until nothing is on its way any more.</summary>
    /// <param name="probe">Publishes something for everyone.</param>
    /// <param name="symbols">Of how many symbols each has to have heard; zero where there are none.</param>
    public async Task ReadyAsync(Action probe, int symbols)
    {
        var began = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(ProbeEvery);
        do
        {
            if (Stopwatch.GetElapsedTime(began) > ReadyWithin)
            {
                throw new TimeoutException($"{_clients.Count(client => !client.HasHeard(symbols))} of {Count} clients hear nothing.");
            }

            probe();
            await timer.WaitForNextTickAsync();
        }
        while (!Array.TrueForAll(_clients, client => client.HasHeard(symbols)));

        await QuietAsync();
    }

    /// <summary>Waits until nothing arrives any more, or for ten seconds.</summary>
    public async Task QuietAsync()
    {
        var began = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(Quiet);
        var before = -1L;
        for (var now = Delivered; now != before && Stopwatch.GetElapsedTime(began) < QuietWithin; now = Delivered)
        {
            before = now;
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Waits until so much has arrived.</summary>
    /// <returns>Whether it did in time.</returns>
    public async Task<bool> ReachAsync(long deliveries, TimeSpan within)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _reached = reached;
        // A fence between this and the look at the count, as there is one between count and look in Note: one of both sees the other.
        Interlocked.Exchange(ref _awaited, deliveries);
        try
        {
            if (Delivered < deliveries)
            {
                await reached.Task.WaitAsync(within);
            }

            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            Interlocked.Exchange(ref _awaited, long.MaxValue);
        }
    }

    /// <summary>Forgets what was measured so far.</summary>
    public void Reset()
    {
        Array.Clear(_ages);
        Interlocked.Exchange(ref _delivered, 0);
        Interlocked.Exchange(ref _late, 0);
    }

    /// <summary>A value arrived that was published at this time.</summary>
    public void Note(long publishedAt)
    {
        var age = Stopwatch.GetElapsedTime(publishedAt);
        Interlocked.Increment(ref _ages[Math.Clamp((int)(Math.Log(Math.Max(1, age.TotalMicroseconds)) / Growth), 0, Buckets - 1)]);
        if (age > _lateAfter)
        {
            Interlocked.Increment(ref _late);
        }

        if (Interlocked.Increment(ref _delivered) >= Volatile.Read(ref _awaited))
        {
            _reached?.TrySetResult();
        }
    }

    /// <summary>The age below which a share of the values was, in milliseconds.</summary>
    public double Percentile(double share)
    {
        var rank = (long)Math.Ceiling(_ages.Sum() * share);
        var bucket = 0;
        for (var seen = _ages[0]; seen < rank && bucket < Buckets - 1; seen += _ages[++bucket])
        {
        }

        return Math.Exp((bucket + 1) * Growth) / 1000;
    }

    /// <summary>They read no more, but stay connected.</summary>
    public void Stall() => Array.ForEach(_clients, client => client.Stall());

    public void Dispose() => Array.ForEach(_clients, client => client?.Dispose());
}
