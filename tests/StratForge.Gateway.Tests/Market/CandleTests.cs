using System.Net;
using System.Text.Json;

namespace StratForge.Gateway.Tests.Market;

[Collection(OneGateway.Name)]
public sealed class CandleTests(GatewayFixture fixture)
{
    private static readonly DateTimeOffset Opening = new(2024, 1, 2, 14, 30, 0, TimeSpan.Zero);

    [Fact]
    public async Task Longer_bars_open_with_their_first_minute_and_close_with_their_last()
    {
        var user = await fixture.Gateway.NewUserAsync();
        await StoreAsync("LONG", minutes: 150);

        var hours = await user.GetAsync("/api/market-data/candles?symbol=LONG&timeframe=1h");

        // 14:30 to 17:00: half an hour, an hour, an hour. Minute i opens at 100 + i, reaches 102 + i and 99 + i, closes at 101 + i.
        Assert.Equal([At(-30), At(30), At(90)], Column(hours, "t"));
        Assert.Equal([100d, 130, 190], Column(hours, "o"));
        Assert.Equal([131d, 191, 251], Column(hours, "h"));
        Assert.Equal([99d, 129, 189], Column(hours, "l"));
        Assert.Equal([130d, 190, 250], Column(hours, "c"));
        Assert.Equal([300d, 600, 600], Column(hours, "v"));
    }

    [Fact]
    public async Task The_newest_bars_come_first_to_hand_and_each_page_before_them_joins_without_a_gap()
    {
        var user = await fixture.Gateway.NewUserAsync();
        await StoreAsync("PAGES", minutes: 100);
        var seen = new List<double>();
        double[] page;
        var before = "";
        do
        {
            page = Column(await user.GetAsync($"/api/market-data/candles?symbol=PAGES&timeframe=5m&limit=7{before}"), "t");
            seen.InsertRange(0, page);
            before = $"&before={page.FirstOrDefault()}";
        }
        while (page.Length > 0);

        Assert.Equal(Enumerable.Range(0, 20).Select(bar => At(bar * 5)), seen);
    }

    [Fact]
    public async Task From_a_start_on_the_oldest_bars_come_first_and_the_end_is_included()
    {
        var user = await fixture.Gateway.NewUserAsync();
        await StoreAsync("RANGE", minutes: 30);

        var minutes = await user.GetAsync(
            $"/api/market-data/candles?symbol=RANGE&start={At(10)}&end={Uri.EscapeDataString(Opening.AddMinutes(12).ToString("O"))}");
        var bars = await user.GetAsync("/api/market-data/candles?symbol=RANGE&timeframe=15m&start=2024-01-02T14:40:00Z&limit=1");

        Assert.Equal([At(10), At(11), At(12)], Column(minutes, "t"));
        Assert.Equal([At(0)], Column(bars, "t"));
        Assert.Equal([115d], Column(bars, "c"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("symbol=spy")]
    [InlineData("symbol=SPY&timeframe=2m")]
    [InlineData("symbol=SPY&limit=10001")]
    [InlineData("symbol=SPY&start=yesterday")]
    [InlineData("symbol=SPY&before=999999999999999")]
    public async Task A_question_that_makes_no_sense_is_refused(string query)
    {
        var user = await fixture.Gateway.NewUserAsync();

        await user.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Get, $"/api/market-data/candles?{query}");
    }

    [Fact]
    public async Task Symbols_with_bars_come_first_then_what_the_broker_trades()
    {
        var user = await fixture.Gateway.NewUserAsync();
        await StoreAsync("AAB", minutes: 1);
        var listed = await Eventually.BecomesAsync(
            () => user.GetAsync("/api/market-data/symbols?search=aa"), answer => answer.GetProperty("items").GetArrayLength() == 2);

        Assert.Equal(["AAB", "AAPL"], listed.GetProperty("items").EnumerateArray().Select(symbol => symbol.GetProperty("symbol").GetString()));
        Assert.Equal("101", listed.GetProperty("items")[0].GetProperty("lastPrice").GetString());
    }

    private static double At(int minute) => Opening.AddMinutes(minute).ToUnixTimeSeconds();

    private static double[] Column(JsonElement candles, string name) =>
        [.. candles.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];

    private Task StoreAsync(string symbol, int minutes) => fixture.Database.ExecuteAsync("""
        insert into market_data (symbol, timeframe, time, open, high, low, close, volume)
        select $1, '1m', $2 + i * interval '1 minute', 100 + i, 102 + i, 99 + i, 101 + i, 10
        from generate_series(0, $3 - 1) as i
        """, symbol, Opening, minutes);
}
