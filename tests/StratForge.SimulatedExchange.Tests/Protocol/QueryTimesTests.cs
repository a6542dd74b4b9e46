using System.Net;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Tests.Protocol;

public sealed class QueryTimesTests
{
    [Theory]
    [InlineData("2024-11-29T09:30:00-05:00", "2024-11-29T14:30:00Z")]
    [InlineData("2024-11-29T15:30:00 01:00", "2024-11-29T14:30:00Z")]
    [InlineData("2024-11-29T14:30:00.1234567Z", "2024-11-29T14:30:00.1234567Z")]
    [InlineData("2024-11-29", "2024-11-29T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z")]
    [InlineData("0001-01-01", "1970-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z", "2100-12-31T00:00:00Z")]
    [InlineData("9999-12-31", "2100-12-31T00:00:00Z")]
    public void A_moment_is_read_and_moved_into_the_years_that_can_be_counted(string text, string moment)
    {
        Assert.True(QueryTimes.Instant(text, out var instant));

        Assert.Equal(moment, Wire.Text(instant.GetValueOrDefault()));
    }

    [Theory]
    [InlineData("noon")]
    [InlineData("5")]
    [InlineData("29.11.2024 14:30:00")]
    [InlineData("2024-11-29 14:30:00Z")]
    [InlineData("2024-11-29T99:30:00Z")]
    public void What_is_no_timestamp_is_refused(string text) => Assert.False(QueryTimes.Instant(text, out _));

    [Theory]
    [InlineData("/v2/stocks/bars?symbols=SPY&timeframe=1Day&start=0001-01-01&end=9999-12-31")]
    [InlineData("/v2/stocks/bars?symbols=SPY&timeframe=1Min&start=0001-01-01T00:00:00Z&end=9999-12-31T23:59:59Z")]
    [InlineData("/v1beta3/crypto/us/bars?symbols=BTC/USD&timeframe=1Month&start=0001-01-01&end=9999-12-31")]
    [InlineData("/v2/account/activities?date=9999-12-31")]
    [InlineData("/v2/account/activities?after=0001-01-01T00:00:00Z&until=9999-12-31T23:59:59Z")]
    [InlineData("/v2/account/portfolio/history?period=2100A")]
    [InlineData("/v2/account/portfolio/history?start=0001-01-01&end=9999-12-31")]
    [InlineData("/v2/account/portfolio/history?start=9999-12-31&period=3650A")]
    [InlineData("/v2/orders?after=0001-01-01T00:00:00Z&until=9999-12-31T23:59:59Z")]
    [InlineData("/v2/calendar?start=0001-01-01&end=1970-01-05")]
    [InlineData("/v2/calendar?start=9999-12-31&end=9999-12-31&date_type=SETTLEMENT")]
    [InlineData("/v3/clock?time=9999-12-31T23:59:59Z")]
    [InlineData("/v3/clock?time=0001-01-01T00:00:00Z")]
    public async Task Every_question_about_the_edges_of_time_is_answered(string path)
    {
        await using var exchange = await RunningExchange.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await exchange.GetAsync(path)).Status);
    }
}
