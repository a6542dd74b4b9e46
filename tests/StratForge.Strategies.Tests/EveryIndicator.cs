using System.Reflection;
using System.Text.RegularExpressions;
using StratForge.Strategies.Indicators;

namespace StratForge.Strategies.Tests;

/// <summary>Every indicator there is, as the comparison of the two languages makes it. A new one is added here: a test fails until it is.</summary>
/// <param name="Name">Its class, in both languages.</param>
/// <param name="Arguments">What it is made with.</param>
public sealed record EveryIndicator(string Name, params object[] Arguments)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<EveryIndicator> All { get; } =
    [
        new("Sma", 20), new("Ema", 12), new("Wma", 10), new("Vwap"),
        new("Rsi", 14), new("Macd", 12, 26, 9), new("Stochastic", 14, 3, 3), new("Cci", 20), new("Roc", 10), new("Momentum", 10), new("WilliamsR", 14), new("Obv"),
        new("StdDev", 20), new("Atr", 14), new("Bollinger", 20, 2.0), new("Keltner", 20, 2.0, 10), new("Donchian", 20),
        new("Adx", 14), new("Ichimoku", 9, 26, 52), new("ParabolicSar", 0.02, 0.2), new("Supertrend", 10, 3.0),
    ];

    /// <summary>The classes of the library.</summary>
    public static IEnumerable<Type> Classes => typeof(Indicator).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Indicator)));

    /// <summary>A new one.</summary>
    public Indicator Make() => (Indicator)Activator.CreateInstance(Classes.Single(type => type.Name == Name), Arguments)!;

    /// <summary>Its own value, then its other rows by name.</summary>
    public static IEnumerable<Series> RowsOf(Indicator indicator) =>
    [
        indicator,
        .. indicator.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(property => property.PropertyType == typeof(Series))
            .OrderBy(property => property.Name.ToLowerInvariant(), StringComparer.Ordinal)
            .Select(property => (Series)property.GetValue(indicator)!),
    ];

    /// <summary>Its name as a function of Python's.</summary>
    public string InPython => Regex.Replace(Name, "(?<=[a-z])(?=[A-Z])", "_", RegexOptions.None, TimeSpan.FromSeconds(1)).ToLowerInvariant();
}
