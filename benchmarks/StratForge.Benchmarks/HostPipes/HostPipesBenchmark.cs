using System.Text;
using StratForge.Benchmarks.Measuring;

namespace StratForge.Benchmarks.HostPipes;

/// <summary>The floor under <c>bar-to-broker</c> alone, without the platform.</summary>
internal static class HostPipesBenchmark
{
    private static readonly TimeSpan BetweenExchanges = TimeSpan.FromMilliseconds(25);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new RunOptions(arguments, "--children", "--frames");
        var frames = options.Number("--frames", 200);
        var report = new StringBuilder();
        report.AppendLine("| children | | p50 ms | p99 ms |").AppendLine("| ---: | --- | ---: | ---: |");
        using var timer = new PeriodicTimer(BetweenExchanges);
        foreach (var count in options.Numbers("--children", "1,100"))
        {
            foreach (var floor in await PipesFloor.StartAsync(count))
            {
                using (floor)
                {
                    await floor.TurnAsync(frames, timer);
                    report.Append(floor.Describe(median: null, end: ""));
                }
            }
        }

        await options.PublishAsync(report.ToString());
        return 0;
    }
}
