using Xunit.Abstractions;

namespace StratForge.Chaos.Tests;

/// <summary>Everything that market data passes through fails at random moments of a replay. No bar may be lost, changed or seen twice.</summary>
/// <remarks>docs/chaos.md says how to run it at length, and shows the last results.</remarks>
public sealed class ChaosTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Whatever_fails_the_stored_bars_are_the_source_and_everyone_saw_each_bar_once()
    {
        var trial = Trial.FromEnvironment();
        output.WriteLine($"{trial}");
        await using var floor = await ChaosFloor.OpenAsync(trial);

        await floor.RunAsync();
        await floor.SettleAsync();

        await floor.CheckAsync();
        var row = floor.Describe();
        output.WriteLine(row);
        if (Environment.GetEnvironmentVariable("CHAOS_REPORT") is { Length: > 0 } report)
        {
            await File.AppendAllTextAsync(report, row + "\n");
        }
    }
}
