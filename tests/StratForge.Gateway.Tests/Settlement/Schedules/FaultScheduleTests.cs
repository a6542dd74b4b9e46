using StratForge.Testing;

namespace StratForge.Gateway.Tests.Settlement.Schedules;

/// <summary>Random schedules of many users' orders, faults and kills. Whatever happened, the books balance, agree with the venue to the last
/// digit, and every signal and order was done once.</summary>
/// <remarks>
/// A few run with the other tests: together they kill a gateway at every place there is. All others run on demand:
/// <c>SCHEDULES=2000 dotnet test tests/StratForge.Gateway.Tests --filter Schedules_without_end</c> runs as many as it says, from the seed <c>FIRST_SEED</c>
/// on (1 unless it says otherwise). A failure names its seed; <c>SCHEDULES=1 FIRST_SEED=n</c> runs that one again. What of a run the seed
/// decides and what not is said at <see cref="Schedule"/>; docs/fault-schedules.md tells the rest.
/// </remarks>
public sealed class FaultScheduleTests(FreshRedis redis) : IClassFixture<FreshRedis>
{
    // The books of one schedule are read whole at its end: more of them in a database make that slow.
    private const int SchedulesPerDatabase = 4;

    // As a rule they hit every place to die between them; which those are is printed with each schedule of a long run.
    private const int EveryDay = 20;

    // Which place a schedule dies at depends a little on the moment, so a run goes on until it has been at each.
    private const int EveryDayAtMost = 80;

    // A long run goes on after a failure, to show how many there are.
    private const int MostFailures = 10;

    // By then every place to die was hit many times over.
    private const int SchedulesThatHitEverything = 100;

    [Fact]
    public async Task The_books_agree_with_the_venue_wherever_a_gateway_dies()
    {
        var total = new ScheduleCounts();
        var failures = new List<string>();
        for (var done = 0; failures.Count == 0 && (done < EveryDay || (done < EveryDayAtMost && Missed(total).Length > 0)); done += SchedulesPerDatabase)
        {
            await RunAsync([.. Enumerable.Range(1 + done, SchedulesPerDatabase)], total, failures);
        }

        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
        AssertAllHit(total);
    }

    [SchedulesFact]
    public async Task Schedules_without_end()
    {
        var (first, count) = (Number("FIRST_SEED", 1), Number("SCHEDULES", 0));
        var total = new ScheduleCounts();
        var failures = new List<string>();
        var began = TimeProvider.System.GetTimestamp();
        for (var done = 0; done < count && failures.Count < MostFailures; done += SchedulesPerDatabase)
        {
            var now = Math.Min(SchedulesPerDatabase, count - done);
            await RunAsync([.. Enumerable.Range(first + done, now)], total, failures);
            Console.WriteLine(
                $"seeds {first} to {first + done + now - 1} in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} s, {failures.Count} failed: {total.Brief()}");
        }

        Console.WriteLine(total);
        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
        if (count >= SchedulesThatHitEverything)
        {
            AssertAllHit(total);
        }
    }

    [SchedulesFact]
    public async Task The_same_seed_is_the_same_schedule()
    {
        var (first, count) = (Number("FIRST_SEED", 1), Number("SCHEDULES", 0));
        var different = new List<string>();
        for (var seed = first; seed < first + count; seed++)
        {
            var (one, other) = (await StoryOfAsync(seed), await StoryOfAsync(seed));
            var at = one.Zip(other).TakeWhile(pair => pair.First == pair.Second).Count();
            if (at < one.Count || at < other.Count)
            {
                different.Add($"seed {seed} at line {at} of {one.Count}:\n  {one.ElementAtOrDefault(at)}\n  {other.ElementAtOrDefault(at)}");
            }
        }

        Assert.True(different.Count == 0, string.Join('\n', different));
    }

    private async Task<IReadOnlyList<string>> StoryOfAsync(int seed)
    {
        var database = new FreshDatabase();
        await database.InitializeAsync();
        try
        {
            var schedule = new Schedule(seed, database, redis);
            await schedule.RunAsync();
            return schedule.Story;
        }
        finally
        {
            await database.DisposeAsync();
        }
    }

    private async Task RunAsync(int[] seeds, ScheduleCounts total, List<string> failures)
    {
        var database = new FreshDatabase();
        await database.InitializeAsync();
        try
        {
            foreach (var seed in seeds)
            {
                var schedule = new Schedule(seed, database, redis);
                try
                {
                    await schedule.RunAsync();
                    Console.WriteLine($"seed {seed} died {string.Join(' ', schedule.Counts.Kills.Where(kill => kill.Value > 0).Select(kill => kill.Key))}");
                    total["schedules"]++;
                    total.Add(schedule.Counts);
                }
                catch (Exception exception)
                {
                    Console.WriteLine($"seed {seed}: {exception.Message}");
                    failures.Add($"Schedule with seed {seed} failed: {exception.Message}\n{exception.StackTrace}\n{string.Join('\n', schedule.Story.TakeLast(40))}");

                    // What it left open would be in the way of the next in this database.
                    break;
                }
            }
        }
        finally
        {
            await database.DisposeAsync();
        }
    }

    private static string Missed(ScheduleCounts total) => string.Join(' ', total.Kills.Where(kill => kill.Value == 0).Select(kill => kill.Key));

    private static void AssertAllHit(ScheduleCounts total) => Assert.True(Missed(total).Length == 0, $"No gateway died {Missed(total)}.");

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : otherwise;
}
