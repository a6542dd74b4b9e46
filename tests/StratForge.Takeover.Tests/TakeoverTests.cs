using Xunit.Abstractions;

namespace StratForge.Takeover.Tests;

/// <summary>Workers are killed at random moments while sessions run. Nothing may be lost and nothing doubled.</summary>
/// <remarks>docs/takeover.md says how to run it at length, and shows the last results.</remarks>
public sealed class TakeoverTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Workers_killed_at_random_moments_lose_no_bar_and_double_no_order()
    {
        var trial = Trial.FromEnvironment();
        output.WriteLine($"{trial}");
        await using var floor = await TakeoverFloor.OpenAsync(trial);

        await floor.RunAsync();
        await floor.SettleAsync();

        await floor.CheckAsync();
        var row = await floor.DescribeAsync();
        output.WriteLine(row);
        if (Environment.GetEnvironmentVariable("TAKEOVER_REPORT") is { Length: > 0 } report)
        {
            await File.AppendAllTextAsync(report, row + "\n");
        }
    }
}
