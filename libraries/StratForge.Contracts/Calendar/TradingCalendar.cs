namespace StratForge.Contracts.Calendar;

/// <summary>Which days New York's stock exchanges open, and until when, by their published rules.</summary>
public static class TradingCalendar
{
    /// <summary>When trading before the regular session begins, New York time.</summary>
    public static readonly TimeOnly PreMarket = new(4, 0);
    /// <summary>When the regular session begins, New York time.</summary>
    public static readonly TimeOnly Open = new(9, 30);

    private static readonly TimeOnly FullClose = new(16, 0);
    private static readonly TimeOnly HalfClose = new(13, 0);

    // Closures no rule foretells: attacks, storms and days of mourning.
    private static readonly HashSet<DateOnly> Unscheduled =
    [
        new(2001, 9, 11), new(2001, 9, 12), new(2001, 9, 13), new(2001, 9, 14), new(2004, 6, 11), new(2007, 1, 2),
        new(2012, 10, 29), new(2012, 10, 30), new(2018, 12, 5), new(2025, 1, 9),
    ];

    /// <summary>Whether the exchanges open on a day.</summary>
    public static bool IsTradingDay(DateOnly date) =>
        date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !IsHoliday(date) && !Unscheduled.Contains(date);

    /// <summary>End of the regular session, New York time. Half days: July 3rd, the day after Thanksgiving, Christmas Eve.</summary>
    public static TimeOnly CloseOf(DateOnly date) => IsHalfDay(date) ? HalfClose : FullClose;

    /// <summary>End of the after-hours session, New York time.</summary>
    public static TimeOnly AfterHoursEndOf(DateOnly date) => CloseOf(date).AddHours(4);

    /// <summary>When trades of a day settle: on the next trading day; before May 2024 on the second.</summary>
    public static DateOnly SettlementOf(DateOnly date)
    {
        var settles = NextTradingDay(date);
        return date < new DateOnly(2024, 5, 28) ? NextTradingDay(settles) : settles;
    }

    /// <summary>The first day later than <paramref name="after"/> on which they open.</summary>
    public static DateOnly NextTradingDay(DateOnly after)
    {
        var date = after.AddDays(1);
        while (!IsTradingDay(date))
        {
            date = date.AddDays(1);
        }

        return date;
    }

    /// <summary>The last day earlier than <paramref name="before"/> on which they opened.</summary>
    public static DateOnly PreviousTradingDay(DateOnly before)
    {
        var date = before.AddDays(-1);
        while (!IsTradingDay(date))
        {
            date = date.AddDays(-1);
        }

        return date;
    }

    /// <summary>End of the regular session that runs at an instant, else of the next one.</summary>
    /// <param name="instant">At a close itself it is that of the next session.</param>
    public static DateTimeOffset NextCloseAfter(DateTimeOffset instant)
    {
        var date = NewYork.DateOf(instant);
        return IsTradingDay(date) && ClosingOf(date) is var close && close > instant ? close : ClosingOf(NextTradingDay(date));
    }

    private static DateTimeOffset ClosingOf(DateOnly date) => NewYork.At(date, CloseOf(date));

    private static bool IsHalfDay(DateOnly date) => (date.Month, date.Day) switch
    {
        (7, 3) => date.AddDays(1).DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday),
        (12, 24) => true,
        (11, _) => date == NthWeekday(date.Year, 11, DayOfWeek.Thursday, 4).AddDays(1),
        _ => false,
    };

    private static bool IsHoliday(DateOnly date)
    {
        var year = date.Year;
        return date.Month switch
        {
            // New Year's Day moves from a Sunday to Monday, but never back into the old year.
            1 => date == Observed(new DateOnly(year, 1, 1)) || (year >= 1998 && date == NthWeekday(year, 1, DayOfWeek.Monday, 3)),
            2 => date == NthWeekday(year, 2, DayOfWeek.Monday, 3),
            3 or 4 => date == Easter(year).AddDays(-2),
            5 => date == LastMondayOfMay(year),
            6 => year >= 2022 && date == Observed(new DateOnly(year, 6, 19)),
            7 => date == Observed(new DateOnly(year, 7, 4)),
            9 => date == NthWeekday(year, 9, DayOfWeek.Monday, 1),
            11 => date == NthWeekday(year, 11, DayOfWeek.Thursday, 4),
            12 => date == Observed(new DateOnly(year, 12, 25)),
            _ => false,
        };
    }

    private static DateOnly Observed(DateOnly holiday) => holiday.DayOfWeek switch
    {
        DayOfWeek.Saturday => holiday.AddDays(-1),
        DayOfWeek.Sunday => holiday.AddDays(1),
        _ => holiday,
    };

    private static DateOnly NthWeekday(int year, int month, DayOfWeek weekday, int nth)
    {
        var first = new DateOnly(year, month, 1);
        return first.AddDays((((int)weekday - (int)first.DayOfWeek + 7) % 7) + (7 * (nth - 1)));
    }

    private static DateOnly LastMondayOfMay(int year)
    {
        var last = new DateOnly(year, 5, 31);
        return last.AddDays(-(((int)last.DayOfWeek + 6) % 7));
    }

    // Gauss's computus for the Gregorian calendar, in the form of the anonymous algorithm of 1876.
    private static DateOnly Easter(int year)
    {
        var a = year % 19;
        var (b, c) = (year / 100, year % 100);
        var d = ((19 * a) + b - (b / 4) - ((b - ((b + 8) / 25) + 1) / 3) + 15) % 30;
        var e = (32 + (2 * (b % 4)) + (2 * (c / 4)) - d - (c % 4)) % 7;
        var f = d + e - (7 * ((a + (11 * d) + (22 * e)) / 451)) + 114;
        return new DateOnly(year, f / 31, (f % 31) + 1);
    }
}
