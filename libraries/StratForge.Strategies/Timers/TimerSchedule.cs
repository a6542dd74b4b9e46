using System.Globalization;
using StratForge.Strategies.Feeds;

namespace StratForge.Strategies.Timers;

/// <summary>When one timer is due. Times of a stock's timer lie on days and, where they refer to it, within the session of the exchange.</summary>
/// <param name="Name">As the handler gets it.</param>
/// <param name="Kind">What it counts from.</param>
/// <param name="Ms">Time of day, distance or interval, milliseconds.</param>
/// <param name="IsNewYork">Times of day are New York's; otherwise UTC.</param>
/// <param name="IsCrypto">The symbol trades around the clock, every day.</param>
internal sealed record TimerSchedule(string Name, TimerSchedule.From Kind, long Ms, bool IsNewYork, bool IsCrypto)
{
    private const long MinuteMs = 60_000;
    private const long DayMs = 24 * 60 * MinuteMs;

    /// <summary>What a timer counts from.</summary>
    internal enum From
    {
        /// <summary>Midnight: a time of day.</summary>
        Midnight,

        /// <summary>The open, forwards.</summary>
        Open,

        /// <summary>The close, backwards.</summary>
        Close,

        /// <summary>The open (crypto: midnight UTC), again and again.</summary>
        Every,
    }

    /// <summary><c>15:55 ET</c>, <c>00:00 UTC</c>, <c>09:45</c>.</summary>
    /// <exception cref="ArgumentException">Not a time of day.</exception>
    public static TimerSchedule At(string time, string? name, bool isCrypto)
    {
        ArgumentNullException.ThrowIfNull(time);
        var words = time.Split(' ');
        var zone = words.Length == 2 ? words[1] : isCrypto ? "UTC" : "ET";
        var parts = words[0].Split(':');
        if (words.Length > 2
            || zone is not ("ET" or "UTC")
            || parts is not [{ Length: 2 } hour, { Length: 2 } minute]
            || !int.TryParse(hour, NumberStyles.None, CultureInfo.InvariantCulture, out var hours)
            || !int.TryParse(minute, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
            || hours > 23
            || minutes > 59)
        {
            throw new ArgumentException($"'{time}' is not a time of day: 15:55 ET and 00:00 UTC are.", nameof(time));
        }

        return new TimerSchedule(name ?? time, From.Midnight, ((hours * 60) + minutes) * MinuteMs, zone == "ET", isCrypto);
    }

    /// <summary>Relative to the session.</summary>
    /// <exception cref="ArgumentException">There is no session, or it does not last so long.</exception>
    public static TimerSchedule Session(From kind, double minutes, string? name, bool isCrypto)
    {
        if (isCrypto)
        {
            throw new ArgumentException("Crypto trades around the clock: there is neither open nor close. Use At or Every.");
        }

        var ms = Whole(minutes, least: 0, most: 390);
        var text = kind == From.Open ? "after the open" : "before the close";
        return new TimerSchedule(name ?? $"{ms / MinuteMs}m {text}", kind, ms, IsNewYork: true, isCrypto);
    }

    /// <summary>Again and again.</summary>
    public static TimerSchedule Every(double minutes, string? name, bool isCrypto)
    {
        // A longer one than the session would never be due.
        var ms = Whole(minutes, least: 1, most: isCrypto ? 1_440 : 390);
        return new TimerSchedule(name ?? $"every {ms / MinuteMs}m", From.Every, ms, !isCrypto, isCrypto);
    }

    /// <summary>The first time it is due after an instant.</summary>
    public long After(long ms)
    {
        for (var date = IsNewYork ? ExchangeCalendar.DateAt(ms) : ExchangeCalendar.DateOf(ms); ; date = date.AddDays(1))
        {
            if (!IsCrypto && !ExchangeCalendar.IsTradingDay(date))
            {
                continue;
            }

            if (On(date, ms) is { } due && due > ms)
            {
                return due;
            }
        }
    }

    private long? On(DateOnly date, long after) => Kind switch
    {
        From.Midnight => IsNewYork ? ExchangeCalendar.At(date, Ms) : ExchangeCalendar.Midnight(date) + Ms,
        From.Open => Within(ExchangeCalendar.OpenOf(date) + Ms, date),
        From.Close => Within(ExchangeCalendar.CloseOf(date) - Ms, date),
        _ when IsCrypto => Next(ExchangeCalendar.Midnight(date), ExchangeCalendar.Midnight(date) + DayMs, after),
        _ => Next(ExchangeCalendar.OpenOf(date), ExchangeCalendar.CloseOf(date), after),
    };

    // A half day may be shorter than the distance.
    private static long? Within(long due, DateOnly date) =>
        due >= ExchangeCalendar.OpenOf(date) && due <= ExchangeCalendar.CloseOf(date) ? due : null;

    private long? Next(long begin, long end, long after)
    {
        var due = after < begin ? begin + Ms : begin + (((after - begin) / Ms) + 1) * Ms;
        return due <= end ? due : null;
    }

    private static long Whole(double minutes, int least, int most) =>
        minutes >= least && minutes <= most && minutes == Math.Floor(minutes)
            ? (long)minutes * MinuteMs
            : throw new ArgumentException($"{minutes.ToString(CultureInfo.InvariantCulture)} minutes: whole ones from {least} to {most} are possible.", nameof(minutes));
}
