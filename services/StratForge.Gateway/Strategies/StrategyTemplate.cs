namespace StratForge.Gateway.Strategies;

/// <summary>A strategy to begin with: whole, and free to change.</summary>
/// <param name="Id">Its name in addresses; the same in both languages.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Language">What it is written in.</param>
/// <param name="Description">What it does.</param>
/// <param name="Code">The source.</param>
public sealed record StrategyTemplate(string Id, string Name, StrategyLanguage Language, string Description, string Code)
{
    private static readonly (string Id, string Name, string Class, string Description)[] Known =
    [
        ("sma-cross", "SMA crossover", "SmaCross",
            "Buys when the 5-minute average of the price crosses above the 20-minute average, and sells everything when it crosses below."),
        ("rsi-reversion", "RSI mean reversion", "RsiReversion",
            "Buys when the relative strength index says that the price has fallen too fast, with a stop loss below; sells when it has recovered."),
        ("bollinger-breakout", "Bollinger breakout", "BollingerBreakout",
            "Buys a close above the upper Bollinger band and sells when the price falls back through the middle one."),
        ("macd-trend", "MACD with trend filter", "MacdTrend",
            "Buys when MACD turns up while the price lies above a long average of fifteen-minute bars; sells when MACD turns down."),
        ("turtle", "Turtle", "Turtle",
            "Buys a new high of 55 bars with a stop two average true ranges below, sized so that each trade risks the same; sells a new low of 20 bars."),
        ("vwap-intraday", "VWAP intraday", "VwapIntraday",
            "Buys when a stock climbs above the day's volume-weighted average price, sells when it falls below, and is flat before the close."),
        ("pairs", "Pairs", "Pairs",
            "Watches the ratio of two symbols and holds the one that has become cheap against the other until the ratio is back at its average."),
        ("opening-range", "Opening range breakout", "OpeningRange",
            "Buys a stock's first close above the range of its first half hour, with a stop at the other end of it and a profit target; flat before the close."),
    ];

    /// <summary>All of them, in both languages.</summary>
    public static IReadOnlyList<StrategyTemplate> All { get; } =
    [
        .. Known.SelectMany(known => new[]
        {
            new StrategyTemplate(known.Id, known.Name, StrategyLanguage.CSharp, known.Description, Read(known.Class + ".cs")),
            new StrategyTemplate(known.Id, known.Name, StrategyLanguage.Python, known.Description, Read(known.Id.Replace('-', '_') + ".py")),
        }),
    ];

    private static string Read(string file)
    {
        using var stream = typeof(StrategyTemplate).Assembly.GetManifestResourceStream($"Templates/{file}")
            ?? throw new InvalidOperationException($"There is no template {file}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
