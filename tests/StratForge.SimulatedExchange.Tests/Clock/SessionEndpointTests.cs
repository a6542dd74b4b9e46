using System.Net;

namespace StratForge.SimulatedExchange.Tests.Clock;

public sealed class SessionEndpointTests
{
    [Theory]
    [InlineData("2026-11-25T08:00:00Z", "closed", "2026-11-25T04:00:00-05:00", true)]
    [InlineData("2026-11-25T14:00:00Z", "pre", "2026-11-25T09:30:00-05:00", true)]
    [InlineData("2026-11-25T14:30:00Z", "core", "2026-11-25T16:00:00-05:00", true)]
    [InlineData("2026-11-27T18:00:00Z", "post", "2026-11-27T17:00:00-05:00", true)]
    [InlineData("2026-11-26T16:00:00Z", "closed", "2026-11-27T04:00:00-05:00", false)]
    public async Task The_third_clock_tells_the_phase_of_any_moment(string time, string phase, string until, bool isMarketDay)
    {
        await using var exchange = await RunningExchange.StartAsync();

        var clock = (await exchange.GetAsync($"/v3/clock?markets=NYSE&time={time}"))["clocks"][0];

        Assert.Equal(("NYSE", "America/New_York"), (clock.GetProperty("market").GetProperty("acronym").GetString(), clock.GetProperty("market").GetProperty("timezone").GetString()));
        Assert.Equal((phase, until, isMarketDay), (clock.GetProperty("phase").GetString(), clock.GetProperty("phase_until").GetString(), clock.GetProperty("is_market_day").GetBoolean()));
    }

    [Fact]
    public async Task The_third_calendar_has_whole_timestamps()
    {
        await using var exchange = await RunningExchange.StartAsync();

        var days = await exchange.GetAsync("/v3/calendar/XNYS?start=2026-11-26&end=2026-11-27&timezone=UTC");

        var half = Assert.Single(days["calendar"].EnumerateArray());
        Assert.Equal(
            ("2026-11-27", "2026-11-27T09:00:00Z", "2026-11-27T14:30:00Z", "2026-11-27T18:00:00Z", "2026-11-27T22:00:00Z", "2026-11-30"),
            (Text("date"), Text("pre_start"), Text("core_start"), Text("core_end"), Text("post_end"), Text("settlement_date")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await exchange.GetAsync("/v3/calendar/LSE")).Status);

        string? Text(string name) => half.GetProperty(name).GetString();
    }

    [Fact]
    public async Task A_calendar_by_settlement_lists_what_settles_in_the_range()
    {
        await using var exchange = await RunningExchange.StartAsync();

        var days = await exchange.GetAsync("/v2/calendar?start=2026-11-30&end=2026-11-30&date_type=SETTLEMENT");

        Assert.Equal("2026-11-27", Assert.Single(days.Body.EnumerateArray()).GetProperty("date").GetString());
    }
}
