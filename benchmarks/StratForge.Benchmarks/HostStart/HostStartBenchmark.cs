using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using StratForge.Benchmarks.HostPipes;
using StratForge.Benchmarks.Measuring;

namespace StratForge.Benchmarks.HostStart;

/// <summary>How long a caged host takes to start, what it holds, and what one event costs, beside bare processes of the same runtimes.</summary>
internal static class HostStartBenchmark
{
    private const string CSharp = """
        public sealed class Buys : Strategy
        {
            public override Signal? OnBar(Bar bar) => Buy(1);
        }
        """;

    private const string Python = """
        from stratforge import Strategy

        class Buys(Strategy):
            def on_bar(self, bar):
                return self.buy(1)
        """;

    private static readonly byte[] Load = Encoding.UTF8.GetBytes(
        """{"type":"load","symbol":"SPY","assetClass":"stock","parameters":{},"seed":1,"cash":100000,"positionQuantity":0,"positionAveragePrice":0}""");

    public static async Task<int> RunAsync(string[] arguments, TimeProvider clock)
    {
        var options = new RunOptions(arguments, "--rounds", "--events");
        var rounds = options.Number("--rounds", 20);
        var events = options.Number("--events", 2_000);
        var python = await PipeChild.FindPythonAsync()
            ?? throw new UsageException("There is no python3 on PATH; half of the hosts are Python.");

        // Hosts die with the thread that started them.
        var contestants = await Task.Factory.StartNew(
            () => Measure(rounds, events, python), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var report = new StringBuilder(Heading.WithoutStores("host-start", options, clock));
        report.AppendLine("| | ready ms | first answer ms | p95 | RSS MB | PSS MB | round trip µs | p99 |");
        report.AppendLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var contestant in contestants)
        {
            report.AppendLine(contestant.Describe());
        }

        await options.PublishAsync(report.ToString());
        return 0;
    }

    private static Contestant[] Measure(int rounds, int events, string python)
    {
        using (var compiled = Process.Start(HostPrograms.Start("compile-package"))!)
        {
            compiled.WaitForExit();
        }

        var assembly = Compile();
        Contestant[] contestants =
        [
            new("C#, bare", one => Bare(one, PipeChild.DotNetStart(), events)),
            new("C#, caged", one => Caged(one, "csharp", assembly, events)),
            new("Python, bare", one => Bare(one, PipeChild.PythonStart(python), events)),
            new("Python, caged", one => Caged(one, "python", Encoding.UTF8.GetBytes(Python), events)),
        ];
        for (var round = 0; round < rounds; round++)
        {
            foreach (var contestant in contestants)
            {
                contestant.Play();
            }
        }

        return contestants;
    }

    // As the platform does: once, in a cage of its own.
    private static byte[] Compile()
    {
        using var compiler = new MeasuredHost(HostPrograms.Start("launch", "compile"));
        compiler.Read("ready");
        compiler.Send(Encoding.UTF8.GetBytes(CSharp));
        compiler.Read("compiled");
        return compiler.Read().ToArray();
    }

    private static void Bare(Contestant figures, ProcessStartInfo start, int events)
    {
        using var child = new MeasuredHost(start);
        var frame = PipeFrames.Bar.AsSpan(sizeof(int));
        child.Send(frame);
        child.Read();
        figures.FirstAnswer.Add(child.Milliseconds);
        figures.Holds(child.Memory());
        for (var i = 0; i < events; i++)
        {
            var began = child.Milliseconds;
            child.Send(frame);
            child.Read();
            figures.RoundTrip.Add(child.Milliseconds - began);
        }
    }

    private static void Caged(Contestant figures, string kind, byte[] code, int events)
    {
        using var host = new MeasuredHost(HostPrograms.Start("launch", kind));
        host.Read("ready");
        figures.Ready.Add(host.Milliseconds);
        host.Send(Load);
        host.Send(code);
        host.Read("loaded");
        host.Send(Bar(1));
        host.Read("done");
        figures.FirstAnswer.Add(host.Milliseconds);
        figures.Holds(host.Memory());
        for (var seq = 2; seq < events + 2; seq++)
        {
            var bar = Bar(seq);
            var began = host.Milliseconds;
            host.Send(bar);
            host.Read("done");
            figures.RoundTrip.Add(host.Milliseconds - began);
        }
    }

    private static byte[] Bar(long seq) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"type":"bar","seq":{{seq}},"t":{{1_380_873_600_000 + (seq * 60_000)}},"o":100.5,"h":101.25,"l":99.75,"c":100.75,"v":1000}"""));
}
