using System.ComponentModel;
using System.Globalization;
using StratForge.Contracts.Market;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Market;

/// <summary>Bars of one symbol, column by column, oldest first. Numbers, because charts draw them and nobody books them.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Timeframe">Length of a bar.</param>
/// <param name="T">Start of each bar, seconds since 1970 UTC, rising.</param>
/// <param name="O">First price.</param>
/// <param name="H">Highest price.</param>
/// <param name="L">Lowest price.</param>
/// <param name="C">Last price; of the newest bar of a longer timeframe, so far.</param>
/// <param name="V">Units traded.</param>
public sealed record CandlesResponse(
    string Symbol,
    string Timeframe,
    IReadOnlyList<long> T,
    IReadOnlyList<double> O,
    IReadOnlyList<double> H,
    IReadOnlyList<double> L,
    IReadOnlyList<double> C,
    IReadOnlyList<double> V);

/// <summary>One bar, as charts draw it.</summary>
/// <param name="T">Its start, seconds since 1970 UTC.</param>
/// <param name="O">First price.</param>
/// <param name="H">Highest price.</param>
/// <param name="L">Lowest price.</param>
/// <param name="C">Last price.</param>
/// <param name="V">Units traded.</param>
internal readonly record struct Candle(long T, double O, double H, double L, double C, double V);

/// <summary>Which bars. With <c>start</c> alone the oldest from there on; otherwise the newest before <c>before</c> or up to <c>end</c>.</summary>
internal sealed record CandlesQuery : IValidated
{
    public const int MostBars = 10_000;

    private static readonly Dictionary<string, int> Lengths = new(StringComparer.Ordinal)
    {
        ["1m"] = 1,
        ["5m"] = 5,
        ["15m"] = 15,
        ["1h"] = 60,
        ["4h"] = 4 * 60,
        ["1d"] = 24 * 60,
    };

    [Description("As the venue spells it: SPY, BTC/USD.")]
    public string? Symbol { get; init; }

    [Description("1m (default), 5m, 15m, 1h, 4h or 1d. Days, and the six parts of a day, begin at midnight: in New York for stocks, UTC for crypto.")]
    public string? Timeframe { get; init; }

    [Description("First start of a bar: 2026-01-31T14:30:00Z, or seconds since 1970.")]
    public Moment? Start { get; init; }

    [Description("Last start of a bar.")]
    public Moment? End { get; init; }

    [Description("Bars that start before this; the oldest t of a page gives the page before it.")]
    public Moment? Before { get; init; }

    [Description("1 to 10,000 bars; 1,500 if not given, in a file a million.")]
    public int? Limit { get; init; }

    public string TimeframeOrDefault => Timeframe ?? "1m";

    /// <summary>Length of a bar, minutes.</summary>
    public int Minutes => Lengths[TimeframeOrDefault];

    public int Take => Limit ?? 1_500;

    /// <summary>Where its days begin, as the database spells it.</summary>
    public string Zone => Symbols.ClassOf(Symbol!) == AssetClass.Crypto ? "UTC" : "America/New_York";

    /// <summary>Minutes that one bar can have at most: an hour more on the day on which clocks are set back.</summary>
    public int MostMinutes => Minutes >= 4 * 60 ? Minutes + 60 : Minutes;

    public bool OldestFirst => Start is not null && Before is null;

    public void Validate(FieldErrors errors)
    {
        if (Symbol is null)
        {
            errors.Add("symbol", "is required.");
        }
        else if (!Symbols.IsWellFormed(Symbol))
        {
            errors.Add("symbol", "is not a symbol: stocks are spelled AAPL or BRK.B, crypto BTC/USD, in capitals.");
        }

        if (!Lengths.ContainsKey(TimeframeOrDefault))
        {
            errors.Add("timeframe", $"may be {string.Join(", ", Lengths.Keys)}.");
        }

        if (Limit is < 1 or > MostBars)
        {
            errors.Add("limit", $"may be 1 to {MostBars}.");
        }
    }
}

/// <summary>An instant in a query string: ISO 8601, or seconds since 1970.</summary>
internal readonly record struct Moment(DateTimeOffset At)
{
    public static bool TryParse(string? text, out Moment moment)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
        {
            // The years 1 to 9999.
            var known = seconds is >= -62_135_596_800 and <= 253_402_300_799;
            moment = known ? new Moment(DateTimeOffset.FromUnixTimeSeconds(seconds)) : default;
            return known;
        }

        var parsed = DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at);
        moment = new Moment(at);
        return parsed;
    }
}
