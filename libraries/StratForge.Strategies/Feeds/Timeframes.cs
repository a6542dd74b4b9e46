using System.Globalization;

namespace StratForge.Strategies.Feeds;

/// <summary>How lengths of bars are spelled.</summary>
internal static class Timeframes
{
    /// <summary>A day, in minutes.</summary>
    public const int Day = 1_440;

    /// <summary>Minutes of <c>5m</c>, <c>4h</c>, <c>1d</c>.</summary>
    /// <exception cref="ArgumentException">Not a length of bars that a day is made up of.</exception>
    public static int Parse(string timeframe)
    {
        ArgumentNullException.ThrowIfNull(timeframe);
        var unit = timeframe.Length < 2 ? 0 : timeframe[^1] switch { 'm' => 1, 'h' => 60, 'd' => Day, _ => 0 };
        return unit > 0
            && int.TryParse(timeframe.AsSpan(0, timeframe.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count is > 0 and <= Day
            && count * unit <= Day
            && Day % (count * unit) == 0
            ? count * unit
            : throw new ArgumentException($"'{timeframe}' is not a timeframe: 1m, 5m, 15m, 1h, 4h, 1d are, and others that divide a day.", nameof(timeframe));
    }

    /// <summary><c>15m</c> for 15, <c>1h</c> for 60, <c>1d</c> for 1440.</summary>
    public static string Spell(int minutes) =>
        minutes == Day ? "1d"
        : minutes % 60 == 0 ? (minutes / 60).ToString(CultureInfo.InvariantCulture) + "h"
        : minutes.ToString(CultureInfo.InvariantCulture) + "m";
}
