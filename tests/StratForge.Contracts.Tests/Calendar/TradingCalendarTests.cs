using StratForge.Contracts.Calendar;

namespace StratForge.Contracts.Tests.Calendar;

public sealed class TradingCalendarTests
{
    [Theory]
    [InlineData(1999, 252)]
    [InlineData(2001, 248)]
    [InlineData(2012, 250)]
    [InlineData(2021, 252)]
    [InlineData(2022, 251)]
    [InlineData(2023, 250)]
    [InlineData(2024, 252)]
    [InlineData(2025, 250)]
    [InlineData(2026, 251)]
    public void A_year_has_the_trading_days_the_exchange_had(int year, int days)
    {
        var first = new DateOnly(year, 1, 1);

        Assert.Equal(days, Enumerable.Range(0, 366).Select(first.AddDays).Count(date => date.Year == year && TradingCalendar.IsTradingDay(date)));
    }

    [Theory]
    [InlineData(2024, 3, 29)] // Good Friday
    [InlineData(2024, 6, 19)] // Juneteenth
    [InlineData(2023, 1, 2)] // New Year's Day, a Sunday
    [InlineData(2021, 7, 5)] // Independence Day, a Sunday
    [InlineData(2026, 7, 3)] // Independence Day, a Saturday
    [InlineData(2024, 11, 28)] // Thanksgiving
    [InlineData(2012, 10, 29)] // the storm
    public void The_exchange_is_closed_on_its_holidays(int year, int month, int day) =>
        Assert.False(TradingCalendar.IsTradingDay(new DateOnly(year, month, day)));

    [Theory]
    [InlineData(2021, 12, 31)] // New Year's Day is a Saturday: the old year keeps its Friday
    [InlineData(2021, 6, 18)] // before Juneteenth was one
    [InlineData(2024, 10, 14)] // Columbus Day is for banks
    public void The_exchange_is_open_on_days_that_only_look_like_holidays(int year, int month, int day) =>
        Assert.True(TradingCalendar.IsTradingDay(new DateOnly(year, month, day)));

    [Theory]
    [InlineData(2024, 11, 29, 13)]
    [InlineData(2024, 12, 24, 13)]
    [InlineData(2024, 7, 3, 13)]
    [InlineData(2022, 7, 1, 16)]
    [InlineData(2024, 11, 27, 16)]
    public void Half_days_close_at_one(int year, int month, int day, int hour) =>
        Assert.Equal(new TimeOnly(hour, 0), TradingCalendar.CloseOf(new DateOnly(year, month, day)));

    [Theory]
    [InlineData("2024-11-29T15:00:00Z", "2024-11-29T18:00:00Z")]
    [InlineData("2024-11-29T18:00:00Z", "2024-12-02T21:00:00Z")]
    [InlineData("2024-11-28T15:00:00Z", "2024-11-29T18:00:00Z")]
    [InlineData("2024-07-13T03:00:00Z", "2024-07-15T20:00:00Z")]
    public void The_next_close_is_that_of_the_session_that_runs_or_comes(string utc, string close) =>
        Assert.Equal(DateTimeOffset.Parse(close), TradingCalendar.NextCloseAfter(DateTimeOffset.Parse(utc)));

    [Theory]
    [InlineData("2026-03-08T06:59:59Z", -5)]
    [InlineData("2026-03-08T07:00:00Z", -4)]
    [InlineData("2026-11-01T05:59:59Z", -4)]
    [InlineData("2026-11-01T06:00:00Z", -5)]
    [InlineData("2006-04-02T07:00:00Z", -4)]
    [InlineData("2006-10-29T06:00:00Z", -5)]
    [InlineData("2006-03-15T12:00:00Z", -5)]
    public void New_York_changes_its_clocks_at_two_in_the_morning(string utc, int hours) =>
        Assert.Equal(TimeSpan.FromHours(hours), NewYork.OffsetAt(DateTimeOffset.Parse(utc)));

    [Theory]
    [InlineData("2026-07-01", "2026-07-01T13:30:00Z")]
    [InlineData("2026-12-01", "2026-12-01T14:30:00Z")]
    public void Half_past_nine_in_New_York_depends_on_the_season(string date, string utc) =>
        Assert.Equal(DateTimeOffset.Parse(utc), NewYork.At(DateOnly.Parse(date), TradingCalendar.Open));
}
