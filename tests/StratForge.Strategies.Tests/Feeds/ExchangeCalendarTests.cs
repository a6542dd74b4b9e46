using StratForge.Strategies.Feeds;

namespace StratForge.Strategies.Tests.Feeds;

public sealed class ExchangeCalendarTests
{
    [Theory]
    [InlineData("2024-01-01")] // New Year
    [InlineData("2023-01-02")] // its Monday
    [InlineData("2024-01-15")] // Martin Luther King
    [InlineData("2024-02-19")] // Washington
    [InlineData("2024-03-29")] // Good Friday
    [InlineData("2019-04-19")] // Good Friday
    [InlineData("2024-05-27")] // Memorial Day
    [InlineData("2022-06-20")] // Juneteenth, a Sunday
    [InlineData("2020-07-03")] // the Fourth, a Saturday
    [InlineData("2024-09-02")] // Labor Day
    [InlineData("2024-11-28")] // Thanksgiving
    [InlineData("2021-12-24")] // Christmas, a Saturday
    [InlineData("2012-10-29")] // hurricane Sandy
    [InlineData("2024-06-22")] // a Saturday
    public void Nobody_trades_on_a_holiday(string date) => Assert.False(ExchangeCalendar.IsTradingDay(DateOnly.Parse(date)));

    [Theory]
    [InlineData("2021-12-31")] // New Year's Day, a Saturday, is not moved into the old year
    [InlineData("2021-06-18")] // not a holiday yet
    [InlineData("2024-10-14")] // Columbus Day: banks rest, the exchange does not
    [InlineData("1997-01-20")] // the exchange keeps Martin Luther King's day since 1998
    [InlineData("2024-01-08")]
    public void Everybody_trades_on_other_days(string date) => Assert.True(ExchangeCalendar.IsTradingDay(DateOnly.Parse(date)));

    [Theory]
    [InlineData("2024-01-08", "2024-01-08T14:30:00Z", "2024-01-08T21:00:00Z")] // winter
    [InlineData("2024-07-08", "2024-07-08T13:30:00Z", "2024-07-08T20:00:00Z")] // summer
    [InlineData("2024-03-11", "2024-03-11T13:30:00Z", "2024-03-11T20:00:00Z")] // the day after the change
    [InlineData("2006-04-03", "2006-04-03T13:30:00Z", "2006-04-03T20:00:00Z")] // the old change
    [InlineData("2006-11-02", "2006-11-02T14:30:00Z", "2006-11-02T21:00:00Z")]
    [InlineData("2024-11-29", "2024-11-29T14:30:00Z", "2024-11-29T18:00:00Z")] // half days
    [InlineData("2024-07-03", "2024-07-03T13:30:00Z", "2024-07-03T17:00:00Z")]
    [InlineData("2024-12-24", "2024-12-24T14:30:00Z", "2024-12-24T18:00:00Z")]
    public void The_exchange_is_open_from_half_past_nine_to_four(string date, string open, string close)
    {
        Assert.Equal(DateTimeOffset.Parse(open), DateTimeOffset.FromUnixTimeMilliseconds(ExchangeCalendar.OpenOf(DateOnly.Parse(date))));
        Assert.Equal(DateTimeOffset.Parse(close), DateTimeOffset.FromUnixTimeMilliseconds(ExchangeCalendar.CloseOf(DateOnly.Parse(date))));
    }

    [Fact]
    public void New_Yorks_time_is_that_of_its_time_zone()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
        var random = new SeededRandom(3);
        for (var i = 0; i < 5_000; i++)
        {
            // 1998 to 2030.
            var at = DateTimeOffset.FromUnixTimeMilliseconds((long)(883_612_800_000 + (random.NextDouble() * 1_009_800_000_000)));
            Assert.Equal(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime), ExchangeCalendar.DateAt(at.ToUnixTimeMilliseconds()));
        }
    }
}
