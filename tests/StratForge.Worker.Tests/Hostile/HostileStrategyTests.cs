using System.Text;

namespace StratForge.Worker.Tests.Hostile;

/// <summary>Alone, after all other tests: it takes all processors, times what its neighbours get of them, and counts the hosts on the machine.</summary>
[CollectionDefinition(nameof(HostileStrategyTests), DisableParallelization = true)]
public sealed class HostileStrategies : ICollectionFixture<Platform>;

/// <summary>Strategies that try everything, each in a file below <c>Samples/Hostile</c>. docs/sandbox.md says how to add one.</summary>
[Collection(nameof(HostileStrategyTests))]
public sealed class HostileStrategyTests(HostileRun run) : IClassFixture<HostileRun>
{
    public static TheoryData<string> Names
    {
        get
        {
            var names = new TheoryData<string>();
            foreach (var sample in HostileSample.All)
            {
                names.Add(sample.Name);
            }

            return names;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_contained_and_its_owner_reads_why(string name)
    {
        var sample = HostileSample.All.Single(one => one.Name == name);

        Assert.Equal(sample.Copies, run.OutcomesOf(name).Count);
        Assert.All(run.OutcomesOf(name), outcome =>
        {
            var isExpected = sample.Ends.Contains(outcome.Code, StringComparer.Ordinal);
            Assert.True(
                isExpected,
                $"It ended with {outcome.Code}, not with {string.Join(" or ", sample.Ends)}: {outcome.Detail}");
            Assert.Contains(sample.Words, outcome.Detail, StringComparison.Ordinal);
            Assert.DoesNotContain("escaped", outcome.Detail, StringComparison.OrdinalIgnoreCase);
            if (outcome.Code != "RUNNING")
            {
                Assert.InRange(Encoding.UTF8.GetByteCount(outcome.Detail), 10, 2_200);
                Assert.DoesNotContain(outcome.Detail, character => char.IsControl(character) && character != '\n');
            }
        });
    }

    [Fact]
    public void Nothing_is_written_connected_to_or_read() => Assert.Empty(run.Noticed.Concat(run.Betrayed));

    // What still ran when the worker stopped goes with the thread that started it, a moment later.
    [Fact]
    public async Task No_process_is_left()
    {
        Assert.Equal(0, run.HostsLeft);
        await Platform.EventuallyAsync(
            () => Task.FromResult(!HostileRun.Hosts().Any()), () => Task.FromResult(string.Join('\n', HostileRun.Hosts())));
    }

    [Fact]
    public void The_worker_is_in_good_health() =>
        Assert.Matches("^{\"service\":\"[^\"]*\",\"status\":\"Healthy\"", run.Health);

    [Fact]
    public void The_neighbours_trade_on_at_every_bar() => Assert.Empty(run.Unanswered);

    // Dozens of hosts that start and spin on as few processors as there are take their share: what must not happen is that a neighbour
    // waits for one of them, which would be the half second and more of a limit. The bound is an order of magnitude, and no less than
    // what a busy machine does by itself.
    [Fact]
    public void The_neighbours_signals_take_as_long_as_ever() =>
        Assert.True(
            run.Beside.Median < Bound(run.Alone.Median, 100) && run.Beside.P99 < Bound(run.Alone.P99, 1_000),
            $"Alone {run.Alone.Median.TotalMilliseconds:0.0} ms (p99 {run.Alone.P99.TotalMilliseconds:0.0}), beside hostile sessions "
            + $"{run.Beside.Median.TotalMilliseconds:0.0} ms (p99 {run.Beside.P99.TotalMilliseconds:0.0}).");

    [Fact]
    public void There_are_enough_of_them_in_both_languages() =>
        Assert.True(HostileSample.All.GroupBy(sample => sample.Language, StringComparer.Ordinal).All(group => group.Count() >= 60));

    private static TimeSpan Bound(TimeSpan alone, int leastMilliseconds) =>
        TimeSpan.FromMilliseconds(Math.Max(leastMilliseconds, 10 * alone.TotalMilliseconds));
}
