using System.Globalization;

namespace StratForge.Takeover.Tests;

/// <summary>What one run does, and from what it can be done again.</summary>
/// <param name="Seed">Decides who is killed when, prices, and lost messages.</param>
/// <param name="Sessions">Sessions that run.</param>
/// <param name="Kills">Workers that are killed, one after the other.</param>
internal sealed record Trial(int Seed, int Sessions, int Kills)
{
    // Two processors feed no more sessions than these twice a second while they start hosts.
    private const int Few = 60;

    /// <summary>Bars of every symbol come this often.</summary>
    public TimeSpan BarEvery { get; } = TimeSpan.FromSeconds(Sessions > Few ? 1 : 0.5);

    /// <summary>As <c>TAKEOVER_SEED</c>, <c>TAKEOVER_SESSIONS</c> and <c>TAKEOVER_KILLS</c> say; otherwise a slice that fits into every test run.</summary>
    public static Trial FromEnvironment() => new(Number("TAKEOVER_SEED", 1), Number("TAKEOVER_SESSIONS", 40), Number("TAKEOVER_KILLS", 1));

    private static int Number(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : fallback;
}
