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

    /// <summary>The same crossover in both languages, as the templates have it.</summary>
    public static IReadOnlyList<DemoStrategy> All { get; } =
    [
        .. StrategyTemplate.All.Where(template => template.Id == "sma-cross").Select(template => new DemoStrategy(
            template.Language == StrategyLanguage.CSharp ? "SMA crossover (C#)" : "SMA crossover (Python)",
            template.Language,
            template.Code,
            template.Description + " It invests a fifth of the equity.")),
    ];
}
