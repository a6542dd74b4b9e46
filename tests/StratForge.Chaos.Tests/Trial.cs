using System.Globalization;

namespace StratForge.Chaos.Tests;

/// <summary>What one run does, and from what it can be done again.</summary>
/// <param name="Seed">Decides what fails when.</param>
/// <param name="Seconds">How long the replay takes.</param>
/// <param name="Bars">Folder of real bars; empty for a market made from the seed.</param>
internal sealed record Trial(int Seed, int Seconds, string Bars)
{
    /// <summary>Minutes of the market in a second: ten minutes hold some days of it.</summary>
    public const int MinutesPerSecond = 12;

    /// <summary>Minutes at the beginning in which nothing fails: everyone has to be there before something is taken away.</summary>
    public const int Calm = MinutesPerSecond;

    /// <summary>Minutes at the end in which nothing new fails: a feed that keeps its last bar to itself is no fault that could be seen.</summary>
    public const int Ending = 4 * MinutesPerSecond;

    // One fault in so many seconds on average, and at least one of each kind.
    private const int SecondsPerFault = 6;

    /// <summary>Minutes in which the market trades.</summary>
    public int Minutes => Seconds * MinutesPerSecond;

    /// <summary>As <c>CHAOS_SEED</c>, <c>CHAOS_SECONDS</c> and <c>CHAOS_BARS</c> say; otherwise a slice that fits into every test run.</summary>
    public static Trial FromEnvironment() =>
        new(Number("CHAOS_SEED", 1), Number("CHAOS_SECONDS", 18), Environment.GetEnvironmentVariable("CHAOS_BARS") ?? "");

    /// <summary>What fails at which minute of the market, in order.</summary>
    public IReadOnlyList<(int Minute, Disturbance What)> Plan(Random random)
    {
        var kinds = Enum.GetValues<Disturbance>();
        var all = kinds.ToList();
        for (var more = (Seconds / SecondsPerFault) - kinds.Length; more > 0; more--)
        {
            all.Add(kinds[random.Next(kinds.Length)]);
        }

        return [.. all.Select(what => (random.Next(Calm, Minutes - Ending), what)).OrderBy(fault => fault.Item1)];
    }

    private static int Number(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : fallback;
}

/// <summary>What can fail.</summary>
internal enum Disturbance
{
    /// <summary>The exchange closes its market data streams; the bar at hand is lost.</summary>
    FeedDisconnects,

    /// <summary>The exchange sends bars twice.</summary>
    FeedDuplicates,

    /// <summary>The exchange sends bars behind those that follow them.</summary>
    FeedReorders,

    /// <summary>The exchange leaves bars out.</summary>
    FeedDrops,

    /// <summary>Redis is killed and started again, empty.</summary>
    RedisRestarts,

    /// <summary>Redis throws everyone off who has more to read than it will hold for them.</summary>
    RedisKicks,

    /// <summary>Redis closes every subscribed connection.</summary>
    RedisHangsUp,

    /// <summary>A gateway is killed and started again.</summary>
    GatewayDies,

    /// <summary>The ingestor that leads is killed; the other takes over, and a new one waits.</summary>
    IngestorDies,
}
