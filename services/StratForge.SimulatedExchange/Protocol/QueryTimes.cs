using System.Globalization;

namespace StratForge.SimulatedExchange.Protocol;

/// <summary>Moments and days in a query, as Alpaca's clients spell them.</summary>
/// <remarks>A client that means no bound sends the first or the last moment its language knows. Here times lie between 1970 and 2100, and what lies
/// outside is moved to the nearer end: nothing was traded there, and a day more or less can still be counted.</remarks>
internal static class QueryTimes
{
    /// <summary>No moment before is read.</summary>
    public static readonly DateTimeOffset First = DateTimeOffset.UnixEpoch;

    private static readonly DateTimeOffset Last = new(2100, 12, 31, 0, 0, 0, TimeSpan.Zero);

    private const int LengthOfDate = 10;

    /// <summary>Reads an RFC 3339 timestamp, or a date alone.</summary>
    /// <param name="text">The text; null when the query has none.</param>
    /// <param name="instant">The moment; null when the text is null or empty.</param>
    /// <param name="ofDay">What a date alone means. Default its midnight in UTC.</param>
    /// <returns>False when there is a text and it is neither.</returns>
    public static bool Instant(string? text, out DateTimeOffset? instant, Func<DateOnly, DateTimeOffset>? ofDay = null)
    {
        instant = null;
        if (!Day(text, out var read) || read is not { } day)
        {
            return string.IsNullOrEmpty(text);
        }

        if (text!.Length == LengthOfDate)
        {
            instant = ofDay is null ? Midnight(day) : ofDay(day);
            return true;
        }

        // A plus sign that was not encoded arrives as a space.
        if (text[LengthOfDate] != 'T' || !DateTimeOffset.TryParse(
            text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var parsed))
        {
            return false;
        }

        instant = parsed < First ? First : parsed > Last ? Last : parsed;
        return true;
    }

    /// <summary>Reads a date; some clients send whole timestamps where a date is meant.</summary>
    /// <param name="text">The text; null when the query has none.</param>
    /// <param name="day">The date; null when the text is null or empty.</param>
    /// <returns>False when there is a text that does not begin with a date.</returns>
    public static bool Day(string? text, out DateOnly? day)
    {
        day = null;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        if (!DateOnly.TryParseExact(
            text.AsSpan(0, Math.Min(LengthOfDate, text.Length)), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed))
        {
            return false;
        }

        day = parsed < DayOf(First) ? DayOf(First) : parsed > DayOf(Last) ? DayOf(Last) : parsed;
        return true;
    }

    private static DateTimeOffset Midnight(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private static DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(instant.UtcDateTime);
}
