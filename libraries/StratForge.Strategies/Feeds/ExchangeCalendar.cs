namespace StratForge.Strategies.Feeds;

/// <summary>When US stocks trade, from rules alone: no time zone files, so that both languages and every machine agree.</summary>
/// <remarks>New York's daylight saving time: since 2007 from the second Sunday of March to the first of November, before from the first Sunday of April to
/// the last of October (Energy Policy Act of 2005; Uniform Time Act as amended 1986). Holidays and half days as the New York Stock Exchange publishes
/// them, and its unscheduled closures since 2001. python/stratforge/exchange.py is its twin.</remarks>
internal static class ExchangeCalendar
{
    private const long HourMs = 3_600_000;
    private const long DayMs = 24 * HourMs;
    private const long OpenMs = (9 * HourMs) + (HourMs / 2);

    private static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;

    private static readonly HashSet<DateOnly> Closures =
    [
        new(2001, 9, 11), new(2001, 9, 12), new(2001, 9, 13), new(2001, 9, 14), new(2004, 6, 11), new(2007, 1, 2),
        new(2012, 10, 29), new(2012, 10, 30), new(2018, 12, 5), new(2025, 1, 9),
    ];

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
    public static long OpenOf(DateOnly date) => At(date, OpenMs);

    /// <summary>End of the regular session: 16:00, on half days 13:00.</summary>
    public static long CloseOf(DateOnly date) => At(date, (IsHalfDay(date) ? 13 : 16) * HourMs);

    /// <summary>Whether there is a session.</summary>
    public static bool IsTradingDay(DateOnly date) =>
        date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !IsHoliday(date) && !Closures.Contains(date);

    private static long OffsetAt(long ms)
    {
        var year = DateOf(ms).Year;
        var (begin, end) = year >= 2007
            ? (Sunday(year, 3, 8), Sunday(year, 11, 1))
            : (Sunday(year, 4, 1), Sunday(year, 10, 25));
        var isSummer = ms >= Midnight(begin) + (7 * HourMs) && ms < Midnight(end) + (6 * HourMs);
        return (isSummer ? -4 : -5) * HourMs;
    }

    // July 3rd before a weekday's holiday, the day after Thanksgiving, Christmas Eve.
    private static bool IsHalfDay(DateOnly date) => date.Month switch
    {
        7 => date.Day == 3 && date.DayOfWeek < DayOfWeek.Friday,
        11 => date == Weekday(date.Year, 11, DayOfWeek.Thursday, 22).AddDays(1),
        12 => date.Day == 24,
        _ => false,
    };

    private static bool IsHoliday(DateOnly date) => date.Month switch
    {
        1 => (date.Day == 1) || (date.Day == 2 && date.DayOfWeek == DayOfWeek.Monday) || date == Weekday(date.Year, 1, DayOfWeek.Monday, 15),
        2 => date == Weekday(date.Year, 2, DayOfWeek.Monday, 15),
        3 or 4 => date == GoodFriday(date.Year),
        5 => date == Weekday(date.Year, 5, DayOfWeek.Monday, 25),
        6 => date.Year >= 2022 && IsObserved(date, 19),
        7 => IsObserved(date, 4),
        9 => date == Weekday(date.Year, 9, DayOfWeek.Monday, 1),
        11 => date == Weekday(date.Year, 11, DayOfWeek.Thursday, 22),
        12 => IsObserved(date, 25),
        _ => false,
    };

    // On the day itself; on Friday when that is a Saturday, on Monday when it is a Sunday.
    private static bool IsObserved(DateOnly date, int day) =>
        date.Day == day
        || (date.Day == day - 1 && date.DayOfWeek == DayOfWeek.Friday)
        || (date.Day == day + 1 && date.DayOfWeek == DayOfWeek.Monday);

    private static DateOnly Sunday(int year, int month, int from) => Weekday(year, month, DayOfWeek.Sunday, from);

    // The first such weekday on or after a day of the month.
    private static DateOnly Weekday(int year, int month, DayOfWeek weekday, int from)
    {
        var first = new DateOnly(year, month, from);
        return first.AddDays((weekday - first.DayOfWeek + 7) % 7);
    }

    // Two days before Easter, by Butcher's algorithm for the Gregorian calendar (Nature, 1876).
    private static DateOnly GoodFriday(int year)
    {
        var golden = year % 19;
        var century = year / 100;
        var ofCentury = year % 100;
        var epact = ((19 * golden) + century - (century / 4) - ((century - ((century + 8) / 25) + 1) / 3) + 15) % 30;
        var weekday = (32 + (2 * (century % 4)) + (2 * (ofCentury / 4)) - epact - (ofCentury % 4)) % 7;
        var late = (golden + (11 * epact) + (22 * weekday)) / 451;
        var days = epact + weekday - (7 * late) + 114;
        return new DateOnly(year, days / 31, (days % 31) + 1).AddDays(-2);
    }

    private static long FloorDiv(long value, long by) => value >= 0 ? value / by : -((by - 1 - value) / by);
}
