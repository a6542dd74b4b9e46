using StratForge.Contracts.Calendar;

namespace StratForge.Strategies.Feeds;

/// <summary>The exchanges' calendar in milliseconds since 1970 UTC, the unit of a strategy's bars.</summary>
/// <remarks><see cref="NewYork"/> and <see cref="TradingCalendar"/> hold the rules; here is only arithmetic. python/stratforge/exchange.py is its twin.</remarks>
internal static class ExchangeCalendar
{
    private const long HourMs = 3_600_000;
    private const long DayMs = 24 * HourMs;

    private static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;

    /// <summary>The day that it is in New York at an instant.</summary>
    public static DateOnly DateAt(long ms) => DateOf(ms + OffsetAt(ms));

    /// <summary>The instant at which a time of day comes in New York.</summary>
    /// <param name="date">The day.</param>
    /// <param name="timeOfDayMs">Milliseconds since midnight.</param>
    public static long At(DateOnly date, long timeOfDayMs)
    {
        // Clocks change at two at night; whoever asks for that hour gets the time before the change.
        var standard = Midnight(date) + timeOfDayMs + (5 * HourMs);
        return standard - HourMs + OffsetAt(standard - HourMs) == Midnight(date) + timeOfDayMs ? standard - HourMs : standard;
    }

    /// <summary>Midnight UTC of a day.</summary>
    public static long Midnight(DateOnly date) => (date.DayNumber - Epoch) * DayMs;

    /// <summary>The day, UTC.</summary>
    public static DateOnly DateOf(long ms) => DateOnly.FromDayNumber((int)(FloorDiv(ms, DayMs) + Epoch));

    /// <summary>Begin of the regular session.</summary>
    public static long OpenOf(DateOnly date) => At(date, MsOf(TradingCalendar.Open));

    /// <summary>End of the regular session: 16:00, on half days 13:00.</summary>
    public static long CloseOf(DateOnly date) => At(date, MsOf(TradingCalendar.CloseOf(date)));

    /// <summary>Whether there is a session.</summary>
    public static bool IsTradingDay(DateOnly date) => TradingCalendar.IsTradingDay(date);

    private static long OffsetAt(long ms) => NewYork.OffsetAt(DateTimeOffset.FromUnixTimeMilliseconds(ms)).Ticks / TimeSpan.TicksPerMillisecond;

    private static long MsOf(TimeOnly time) => time.Ticks / TimeSpan.TicksPerMillisecond;

    private static long FloorDiv(long value, long by) => value >= 0 ? value / by : -((by - 1 - value) / by);
}
