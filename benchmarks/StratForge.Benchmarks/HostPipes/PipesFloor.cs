using System.Diagnostics;
using System.Globalization;
using StratForge.Benchmarks.Measuring;

namespace StratForge.Benchmarks.HostPipes;

/// <summary>What one process per session costs by itself: a frame into the pipe of each of some running processes, and a frame out of each.
/// Whatever a design with a process per session does besides comes on top.</summary>
internal sealed class PipesFloor : IDisposable
{
    // The first exchanges compile the children's loops.
    private const int WarmUpExchanges = 100;

    private readonly string _language;
    private readonly PipeChild[] _children;
    private readonly Latencies _latencies = new();
    private readonly byte[] _answer = new byte[PipeFrames.Longest];

    private PipesFloor(string language, PipeChild[] children)
    {
        _language = language;
        _children = children;
        for (var i = 0; i < WarmUpExchanges; i++)
        {
            Exchange();
        }
    }

    /// <summary>Mean of the exchanges so far, milliseconds.</summary>
    public double Mean => _latencies.Mean;

    /// <summary>Starts as many children in C#, and as many in Python if it is wanted and installed.</summary>
    public static async Task<PipesFloor[]> StartAsync(int children, bool withPython = true)
    {
        var floors = new List<PipesFloor> { new("C#", Start(PipeChild.StartDotNet)) };
        if (!withPython)
        {
            return [.. floors];
        }

        if (await PipeChild.FindPythonAsync() is { } python)
        {
            floors.Add(new("Python", Start(() => PipeChild.StartPython(python))));
        }
        else
        {
            Console.Error.WriteLine("There is no python3 on PATH, so the pipes floor is measured with C# alone.");
        }

        return [.. floors];

        PipeChild[] Start(Func<PipeChild> start) => [.. Enumerable.Range(0, children).Select(_ => start())];
    }

    /// <summary>Some exchanges, one per tick.</summary>
    public async Task TurnAsync(int exchanges, PeriodicTimer timer)
    {
        for (var i = 0; i < exchanges; i++)
        {
            _latencies.Add(Exchange().TotalMilliseconds);
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>A line of the report.</summary>
    /// <param name="median">What the ratio is to, milliseconds; null for no ratio.</param>
    /// <param name="end">Cells that this line leaves empty.</param>
    public string Describe(double? median, string end)
    {
        var p50 = _latencies.Percentile(0.5);
        var ratio = median is { } other ? string.Create(CultureInfo.InvariantCulture, $" {p50 / other:F2} |") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {_children.Length} | pipes floor, {_language} | {p50:F2} | {_latencies.Percentile(0.99):F2} |{ratio}{end}\n");
    }

    public void Dispose()
    {
        foreach (var child in _children)
        {
            child.Dispose();
        }
    }

    /// <returns>From the first frame's departure to the arrival of the last answer.</returns>
    private TimeSpan Exchange()
    {
        var began = Stopwatch.GetTimestamp();
        foreach (var child in _children)
        {
            child.Input.Write(PipeFrames.Bar);
            child.Input.Flush();
        }

        // Waiting for one after the other costs one call each, and the last answer is there no later for it.
        foreach (var child in _children)
        {
            if (!PipeFrames.TryRead(child.Output, _answer))
            {
                throw new IOException($"A child in {_language} ended.");
            }
        }

        return Stopwatch.GetElapsedTime(began);
    }
}
