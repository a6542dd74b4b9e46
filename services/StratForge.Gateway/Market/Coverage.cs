using System.ComponentModel;
using StratForge.Contracts.Market;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Market;

/// <summary>Of which symbol, and where to look for gaps.</summary>
internal sealed record CoverageQuery : IValidated
{
    private const int MostMinutes = 1_440;

    /// <summary>Two years of a symbol that trades around the clock are a million minutes.</summary>
    public static readonly TimeSpan LongestRange = TimeSpan.FromDays(732);

    private static readonly TimeSpan DefaultRange = TimeSpan.FromDays(30);

    [Description("As the venue spells it: SPY, BTC/USD.")]
    public string? Symbol { get; init; }

    [Description("Look for gaps from here on; 30 days before the end if not given.")]
    public Moment? Start { get; init; }

    [Description("Look for gaps up to here; the newest minute if not given.")]
    public Moment? End { get; init; }

    [Description("Gaps of at least so many minutes, 1 to 1,440; 5 if not given.")]
    public int? MinGap { get; init; }

    public int LeastGap => MinGap ?? 5;

    public void Validate(FieldErrors errors)
    {
        if (Symbol is null || !Symbols.IsWellFormed(Symbol))
        {
            errors.Add("symbol", "is required, spelled AAPL or BRK.B for stocks and BTC/USD for crypto.");
        }

        if (MinGap is < 1 or > MostMinutes)
        {
            errors.Add("minGap", $"may be 1 to {MostMinutes} minutes.");
        }

        if (End?.At.Year < 1970)
        {
            errors.Add("end", "may not lie before 1970.");
        }
    }

    /// <summary>Where to look for gaps.</summary>
    /// <param name="afterLast">What follows the newest minute: the end if none is given.</param>
    /// <returns>The range; null when it is longer than it may be, or ends before it begins.</returns>
    public (DateTimeOffset Start, DateTimeOffset End)? RangeUntil(DateTimeOffset afterLast)
    {
        var end = End?.At ?? afterLast;
        var start = Start?.At ?? end - DefaultRange;
        return start <= end && end - start <= LongestRange ? (start, end) : null;
    }
}

/// <summary>What the platform holds of one symbol.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Timeframes">One line per stored length of bar; none when nothing is stored.</param>
/// <param name="Gaps">Missing minutes, oldest first: of stocks only those within regular sessions by the exchange's calendar.</param>
/// <param name="MoreGaps">Whether there are older gaps in the range than are listed.</param>
public sealed record CoverageResponse(string Symbol, IReadOnlyList<TimeframeCoverage> Timeframes, IReadOnlyList<CoverageGap> Gaps, bool MoreGaps);

/// <summary>Bars of one length.</summary>
/// <param name="Timeframe"><c>1m</c>, or <c>1d</c> for days as the venue sent them.</param>
/// <param name="Bars">How many.</param>
/// <param name="Live">How many of them were streamed and numbered; the others were fetched or imported.</param>
/// <param name="First">Start of the oldest.</param>
/// <param name="Last">Start of the newest.</param>
public sealed record TimeframeCoverage(string Timeframe, long Bars, long Live, DateTimeOffset First, DateTimeOffset Last);

/// <summary>Minutes that are missing one after the other.</summary>
/// <param name="From">The first of them.</param>
/// <param name="To">The last of them.</param>
/// <param name="Minutes">How many.</param>
public sealed record CoverageGap(DateTimeOffset From, DateTimeOffset To, int Minutes);
