using StratForge.Gateway.Strategies;

namespace StratForge.Gateway.Demo;

/// <summary>A strategy of the demo user, and what it runs on.</summary>
/// <param name="Name">As its owner sees it.</param>
/// <param name="Language">What it is written in.</param>
/// <param name="Code">The source.</param>
/// <param name="Explanation">What it does.</param>
internal sealed record DemoStrategy(string Name, StrategyLanguage Language, string Code, string Explanation)
{
    /// <summary>One crypto pair, which trades around the clock, and one stock.</summary>
    public static IReadOnlyList<string> Symbols { get; } = ["BTC/USD", "SPY"];

    /// <summary>The same crossover in both languages.</summary>
    public static IReadOnlyList<DemoStrategy> All { get; } =
    [
        new("SMA crossover (C#)", StrategyLanguage.CSharp, Read("SmaCross.cs"), Why),
        new("SMA crossover (Python)", StrategyLanguage.Python, Read("sma_cross.py"), Why),
    ];

    private const string Why =
        "Buys for a fifth of the equity when the 5-minute average of the price crosses above the 20-minute average, and sells "
        + "everything when it crosses below.";

    private static string Read(string name)
    {
        using var stream = typeof(DemoStrategy).Assembly.GetManifestResourceStream($"Demo/{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
