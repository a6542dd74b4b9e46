using System.Net;
using System.Text.Json;

namespace StratForge.SimulatedExchange.Tests.Market;

public sealed class DataProtocolTests
{
    private static BarFile Market() => BarFile.Flat("SPY", 100m, 101m, 102m, 103m)
        .Add("AAPL", BarFile.Start, 10m, 10m, 10m, 10m)
        .Add("AAPL", BarFile.Start.AddMinutes(1), 11m, 12m, 11m, 12m)
        .Add("BTC/USD", BarFile.Start, 500m, 510m, 490m, 505m, 1.25m);

    [Fact]
    public async Task Pages_fill_symbol_after_symbol_until_there_is_no_token()
    {
        using var bars = Market();
        await using var exchange = await RunningExchange.StartAsync(bars);
        exchange.Pass(TimeSpan.FromMinutes(4));
        var seen = new List<(string, string?)>();
        var token = "";
        var pages = 0;
        do
        {
            var page = await exchange.GetAsync($"/v2/stocks/bars?symbols=SPY,AAPL,SPY,ZZZ&timeframe=1Min&start=2014-06-02&end=2014-06-02&limit=2&page_token={Uri.EscapeDataString(token)}");
            seen.AddRange(page["bars"].EnumerateObject().SelectMany(symbol => symbol.Value.EnumerateArray().Select(bar => (symbol.Name, bar.GetProperty("t").GetString()))));
            token = page["next_page_token"].GetString() ?? "";
            pages++;
        }
        while (token.Length > 0);

        Assert.Equal(3, pages);
        Assert.Equal(["AAPL", "AAPL", "SPY", "SPY", "SPY", "SPY"], seen.Select(bar => bar.Item1));
        Assert.Equal("2014-06-02T14:03:00Z", seen[^1].Item2);
    }

    [Fact]
    public async Task A_bar_has_eight_keys_and_shows_only_when_its_minute_is_over()
    {
        using var bars = Market();
        await using var exchange = await RunningExchange.StartAsync(bars);
        exchange.Pass(TimeSpan.FromSeconds(119));

        var one = await exchange.GetAsync("/v2/stocks/SPY/bars?timeframe=1Min&start=2014-06-02T00:00:00Z&end=2015-06-02T00:00:00Z");
        var none = await exchange.GetAsync("/v2/stocks/ZZZ/bars?timeframe=1Min");
        var crypto = await exchange.SendBareAsync("/v1beta3/crypto/us/bars?symbols=BTC%2FUSD&timeframe=1Min");

        Assert.Equal("SPY", one["symbol"].GetString());
        var bar = Assert.Single(one["bars"].EnumerateArray());
        Assert.Equal(["t", "o", "h", "l", "c", "v", "n", "vw"], bar.EnumerateObject().Select(property => property.Name));
        Assert.All(bar.EnumerateObject().Skip(1), property => Assert.Equal(JsonValueKind.Number, property.Value.ValueKind));
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (none["bars"].ValueKind, none["next_page_token"].ValueKind));
        Assert.Equal(1.25m, crypto["bars"].GetProperty("BTC/USD")[0].GetProperty("v").GetDecimal());
    }

    [Fact]
    public async Task The_latest_values_come_in_a_map_or_alone()
    {
        using var bars = Market();
        await using var exchange = await RunningExchange.StartAsync(bars, ("SpreadBps", "20"));
        exchange.Pass(TimeSpan.FromSeconds(130));

        var trades = await exchange.GetAsync("/v2/stocks/trades/latest?symbols=SPY,AAPL");
        var quote = await exchange.GetAsync("/v2/stocks/SPY/quotes/latest");
        var bar = await exchange.GetAsync("/v1beta3/crypto/us/latest/bars?symbols=BTC/USD");

        Assert.Equal((102m, 12m), (trades["trades"].GetProperty("SPY").GetProperty("p").GetDecimal(), trades["trades"].GetProperty("AAPL").GetProperty("p").GetDecimal()));
        Assert.Equal(("SPY", 101.9m, 102.1m), (quote["symbol"].GetString(), quote["quote"].GetProperty("bp").GetDecimal(), quote["quote"].GetProperty("ap").GetDecimal()));
        Assert.Equal(505m, bar["bars"].GetProperty("BTC/USD").GetProperty("c").GetDecimal());
    }

    [Fact]
    public async Task Snapshots_of_crypto_are_wrapped_and_those_of_stocks_are_not()
    {
        using var bars = Market();
        await using var exchange = await RunningExchange.StartAsync(bars);
        exchange.Pass(TimeSpan.FromSeconds(130));

        var stocks = await exchange.GetAsync("/v2/stocks/snapshots?symbols=SPY");
        var crypto = await exchange.GetAsync("/v1beta3/crypto/us/snapshots?symbols=BTC/USD");

        Assert.Equal(101m, stocks["SPY"].GetProperty("dailyBar").GetProperty("c").GetDecimal());
        Assert.Equal(
            ["latestTrade", "latestQuote", "minuteBar", "dailyBar", "prevDailyBar"], stocks["SPY"].EnumerateObject().Select(property => property.Name));
        Assert.True(crypto["snapshots"].TryGetProperty("BTC/USD", out _));
    }

    [Theory]
    [InlineData("/v2/stocks/bars?timeframe=1Min", "Invalid format for parameter symbols: query parameter 'symbols' is required")]
    [InlineData("/v2/stocks/bars?symbols=SPY&timeframe=30Sec", "invalid timeframe: 30Sec")]
    [InlineData("/v2/stocks/bars?symbols=SPY&timeframe=1Min&limit=10001", "invalid limit: larger than the allowed maximum of 10000")]
    [InlineData("/v2/stocks/bars?symbols=CSP1&timeframe=1Min", "invalid symbol: CSP1")]
    [InlineData("/v1beta3/crypto/us/bars?symbols=BTCUSD&timeframe=1Min", "invalid symbol: BTCUSD does not match ^[A-Z]+x?/[A-Z]+$")]
    [InlineData("/v2/stocks/bars?symbols=SPY&timeframe=1Min&start=2014-06-03&end=2014-06-01", "end should not be before start")]
    [InlineData("/v2/stocks/bars?symbols=SPY&timeframe=1Min&page_token=abc", "invalid page_token")]
    public async Task Bad_questions_get_Alpacas_answer(string path, string message)
    {
        using var bars = Market();
        await using var exchange = await RunningExchange.StartAsync(bars);

        var refused = await exchange.GetAsync(path);

        Assert.Equal((HttpStatusCode.BadRequest, message), (refused.Status, refused.Message));
        Assert.False(refused.Body.TryGetProperty("code", out _));
    }
}
