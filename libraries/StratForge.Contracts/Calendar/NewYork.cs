namespace StratForge.Contracts.Calendar;

/// <summary>New York's wall clock, by the rules of US daylight saving time since 1987; it needs no time-zone files.</summary>
public static class NewYork
{
    private static readonly TimeSpan Standard = TimeSpan.FromHours(-5);
    private static readonly TimeSpan Daylight = TimeSpan.FromHours(-4);

    /// <summary>Its distance from UTC: minus four hours in summer, minus five in winter.</summary>
    public static TimeSpan OffsetAt(DateTimeOffset instant)
    {
        // Clocks change at 02:00 local time: 07:00 UTC in spring, 06:00 UTC in autumn.
        var (begins, ends) = DaylightSaving(instant.UtcDateTime.Year);
        var utc = instant.UtcDateTime;
        return utc >= begins.ToDateTime(new TimeOnly(7, 0)) && utc < ends.ToDateTime(new TimeOnly(6, 0)) ? Daylight : Standard;
    }

    /// <summary>The same instant on its clocks.</summary>
    public static DateTimeOffset Local(DateTimeOffset instant) => instant.ToOffset(OffsetAt(instant));

    /// <summary>The day it is there.</summary>
    public static DateOnly DateOf(DateTimeOffset instant) => DateOnly.FromDateTime(Local(instant).DateTime);

    /// <summary>The instant at which New York's clocks show <paramref name="time"/> on <paramref name="date"/>; any time but the hours of a clock change.</summary>
    public static DateTimeOffset At(DateOnly date, TimeOnly time)
    {
        var asStandard = new DateTimeOffset(date.ToDateTime(time), Standard);
        return new DateTimeOffset(date.ToDateTime(time), OffsetAt(asStandard)).ToUniversalTime();
    }

    /// <summary>The instant at which a day begins there.</summary>
    public static DateTimeOffset Midnight(DateOnly date) => At(date, TimeOnly.MinValue);

    // Energy Policy Act of 2005: second Sunday of March to first Sunday of November from 2007 on; before, first Sunday of April to last of
    // October (Uniform Time Act, as amended 1986).
    private static (DateOnly Begins, DateOnly Ends) DaylightSaving(int year) => year >= 2007
        ? (Sunday(year, 3, 8), Sunday(year, 11, 1))
        : (Sunday(year, 4, 1), Sunday(year, 10, 25));

    private static DateOnly Sunday(int year, int month, int onOrAfter)
    {
        var date = new DateOnly(year, month, onOrAfter);
        return date.AddDays((7 - (int)date.DayOfWeek) % 7);
    }
}
