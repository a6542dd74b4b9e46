using System.Diagnostics;
using System.Text;

namespace StratForge.Benchmarks.OrderIntake;

/// <summary>So many connections, each of which sends the next order when it has the answer to the one before.</summary>
internal sealed class IntakeLoad(IntakeRequests requests, int connections, int traders) : IDisposable
{
    private readonly LoadConnection[] _connections = [.. Enumerable.Range(0, connections).Select(_ => new LoadConnection(requests.Address))];

    // Each connection draws its own traders; the seed is its number, so that two runs ask the same.
    private readonly Random[] _choices = [.. Enumerable.Range(0, connections).Select(number => new Random(number))];

    /// <summary>Runs for some time.</summary>
    /// <exception cref="InvalidOperationException">An order was not accepted; the message holds the answer.</exception>
    public async Task<LoadRun> RunAsync(TimeSpan duration)
    {
        // Each on a thread of its own: calls that block cost less than calls that resume elsewhere.
        using var start = new Barrier(connections);
        var runs = await Task.WhenAll(Enumerable.Range(0, connections).Select(number => Task.Factory.StartNew(
            () => Run(number, duration, start), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        var began = runs.Min(run => run.Began);
        var ended = runs.Max(run => run.Ended);
        return new LoadRun(Stopwatch.GetElapsedTime(began, ended), [.. runs.SelectMany(run => run.Milliseconds)]);
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }
    }

    private (long Began, long Ended, List<double> Milliseconds) Run(int number, TimeSpan duration, Barrier start)
    {
        Span<byte> request = stackalloc byte[IntakeRequests.Longest];
        var milliseconds = new List<double>(16 * 1024);
        start.SignalAndWait();

        var began = Stopwatch.GetTimestamp();
        var sent = began;
        while (Stopwatch.GetElapsedTime(began, sent) < duration)
        {
            var length = requests.Write(_choices[number].Next(traders), request);
            sent = Stopwatch.GetTimestamp();
            var answer = _connections[number].Exchange(request[..length]);
            var answered = Stopwatch.GetTimestamp();
            if (!requests.IsAcceptance(answer))
            {
                throw new InvalidOperationException($"{requests.Route} did not accept an order: {Encoding.UTF8.GetString(answer)}");
            }

            milliseconds.Add(Stopwatch.GetElapsedTime(sent, answered).TotalMilliseconds);
            sent = answered;
        }

        return (began, sent, milliseconds);
    }
}

/// <summary>One run of a load.</summary>
/// <param name="Elapsed">From the first request to the last answer.</param>
/// <param name="Milliseconds">How long each order took from its request to its answer, from all connections.</param>
internal sealed record LoadRun(TimeSpan Elapsed, IReadOnlyList<double> Milliseconds);
