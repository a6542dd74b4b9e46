using System.Net;
using System.Text;
using System.Text.Json;
using StratForge.Gateway.Market;

namespace StratForge.Gateway.Tests.Market;

[Collection(OneGateway.Name)]
public sealed class HistoryTests(GatewayFixture fixture)
{
    [Fact]
    public async Task Days_and_their_parts_begin_at_the_exchanges_midnight_also_when_clocks_change()
    {
        var user = await fixture.Gateway.NewUserAsync();

        // A Friday in winter time, its evening after UTC's midnight, and the Monday after New York set its clocks forward.
        await StoreAsync("DST", "2024-03-08T14:30:00Z", 1m);
        await StoreAsync("DST", "2024-03-09T00:30:00Z", 2m);
        await StoreAsync("DST", "2024-03-11T13:30:00Z", 3m);
        await StoreAsync("DST/USD", "2024-03-08T23:30:00Z", 1m);
        await StoreAsync("DST/USD", "2024-03-09T00:30:00Z", 2m);

        var days = await user.GetAsync("/api/market-data/candles?symbol=DST&timeframe=1d");
        var parts = await user.GetAsync("/api/market-data/candles?symbol=DST&timeframe=4h&start=2024-03-08T14:00:00Z&end=2024-03-11T13:00:00Z");
        var coins = await user.GetAsync("/api/market-data/candles?symbol=DST%2FUSD&timeframe=1d");

        Assert.Equal(["2024-03-08T05:00:00Z", "2024-03-11T04:00:00Z"], Starts(days));
        Assert.Equal([2d, 3], Column(days, "c"));
        Assert.Equal(["2024-03-08T13:00:00Z", "2024-03-08T21:00:00Z", "2024-03-11T12:00:00Z"], Starts(parts));
        Assert.Equal(["2024-03-08T00:00:00Z", "2024-03-09T00:00:00Z"], Starts(coins));
    }

    [Fact]
    public async Task A_halted_stock_says_so_in_the_list_of_symbols()
    {
        var user = await fixture.Gateway.NewUserAsync();
        await StoreAsync("HALTA", "2024-01-02T14:30:00Z", 7m);
        await StoreAsync("HALTB", "2024-01-02T14:30:00Z", 7m);
        await fixture.Database.ExecuteAsync("insert into trading_status values ('HALTA', 'halted', 'Halt News Pending', 'T1', '2024-01-02T14:31:00Z')");

        var symbols = (await user.GetAsync("/api/market-data/symbols?search=HALT")).GetProperty("items");

        var status = symbols[0].GetProperty("status");
        Assert.Equal(("halted", "T1", "Halt News Pending"), (
            status.GetProperty("state").GetString(), status.GetProperty("reasonCode").GetString(), status.GetProperty("reason").GetString()));
        Assert.Equal(JsonValueKind.Null, symbols[1].GetProperty("status").ValueKind);
    }

    [Fact]
    public async Task Days_without_minutes_are_the_venues_own()
    {
        var user = await fixture.Gateway.NewUserAsync();
        await StoreAsync("OWNDAY", "2024-01-02T05:00:00Z", 7m, "1d");
        await StoreAsync("OWNDAY", "2024-01-03T05:00:00Z", 8m, "1d");
        await StoreAsync("OWNDAY", "2024-01-03T14:30:00Z", 9m);

        var days = await user.GetAsync("/api/market-data/candles?symbol=OWNDAY&timeframe=1d");
        var page = await user.GetAsync("/api/market-data/candles?symbol=OWNDAY&timeframe=1d&limit=1");

        Assert.Equal([7d, 9], Column(days, "c"));
        Assert.Equal([9d], Column(page, "c"));
    }

    [Fact]
    public async Task An_export_is_what_an_import_reads()
    {
        var admin = await fixture.Gateway.NewAdminAsync(fixture.Database);
        const string File = "symbol,timestamp,open,high,low,close,volume\r\nROUND,2024-01-02T14:30:00Z,1.5,2,1,1.75,10\r\nROUND,2024-01-02T14:31:00Z,1.75,2,1,1.25,0\r\n";

        var imported = await ImportAsync(admin, File);
        var exported = await admin.Http.GetStringAsync("/api/market-data/candles?symbol=ROUND&format=csv");
        var again = await ImportAsync(admin, exported);

        Assert.Equal(("COMPLETED", 2L, 2L, 0L, 0L), Counts(imported));
        Assert.Equal(File, exported);
        Assert.Equal(("COMPLETED", 2L, 0L, 2L, 0L), Counts(again));
    }

    [Fact]
    public async Task Each_line_of_a_file_that_cannot_be_true_is_told_and_the_others_are_stored()
    {
        var admin = await fixture.Gateway.NewAdminAsync(fixture.Database);

        var job = await ImportAsync(admin, string.Join('\n',
            "date,o,h,l,c,v",
            "2024-01-02T14:30:00Z,1,2,1,2,5",
            "2024-01-02T14:31:00Z,1,2,1,two,5",
            "2024-01-02T14:32:00Z,1,1,2,1,5",
            "2024-01-02T14:33:30Z,1,2,1,2,5",
            "2524-01-02T14:34:00Z,1,2,1,2,5",
            "2024-01-02T14:30:00Z,1,2,1,2,5",
            "2024-01-02T14:36:00Z,-1,2,1,2,5",
            "2024-01-02T14:37:00Z,1,7e28,1,2,5",
            "yesterday,1,2,1,2,5",
            "1704206220,1,2,1,2,5",
            "9999-12-31T23:59:00Z,1,2,1,2,5"), "?symbol=LINES");

        Assert.Equal(("COMPLETED", 11L, 2L, 0L, 9L), Counts(job));
        Assert.Equal(["LINES"], job.GetProperty("symbols").EnumerateArray().Select(symbol => symbol.GetString()));
        Assert.Equal(
            [
                "3: close is 'two', not a number",
                "4: the high is below the low",
                "5: the time is not a whole minute",
                "6: the bar is not over yet",
                "7: a second bar of LINES at 2024-01-02 14:30:00Z",
                "8: a price is not above zero",
                "9: a price is no price of anything",
                "10: 'yesterday' is no instant like 2026-01-31T14:30:00Z",
                "12: the bar is not over yet",
            ],
            job.GetProperty("problems").EnumerateArray().Select(problem => $"{problem.GetProperty("line").GetInt64()}: {problem.GetProperty("error").GetString()}"));
        var listed = (await admin.GetAsync("/api/market-data/jobs")).GetProperty("items")[0];
        Assert.Equal(job.GetProperty("id").GetGuid(), listed.GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task A_file_replaces_history_on_demand_and_never_what_was_streamed()
    {
        var admin = await fixture.Gateway.NewAdminAsync(fixture.Database);
        await fixture.Database.ExecuteAsync("""
            insert into market_data values
                ('KEEP', '1m', '2024-01-02T14:30:00Z', 1, 1, 1, 1, 1, 1), ('KEEP', '1m', '2024-01-02T14:31:00Z', 1, 1, 1, 1, 1, null)
            """);
        const string File = "symbol,timestamp,open,high,low,close,volume\nKEEP,2024-01-02T14:30:00Z,2,2,2,2,2\nKEEP,2024-01-02T14:31:00Z,2,2,2,2,2\n";

        Assert.Equal(("COMPLETED", 2L, 0L, 2L, 0L), Counts(await ImportAsync(admin, File)));
        Assert.Equal(("COMPLETED", 2L, 1L, 1L, 0L), Counts(await ImportAsync(admin, File, "?overwrite=true")));
        var kept = await admin.GetAsync("/api/market-data/candles?symbol=KEEP");
        Assert.Equal([1d, 2], Column(kept, "c"));
    }

    [Fact]
    public async Task Only_those_who_run_the_platform_bring_files_and_a_file_needs_a_heading()
    {
        var user = await fixture.Gateway.NewUserAsync();
        var admin = await fixture.Gateway.NewAdminAsync(fixture.Database);

        using var refused = await user.Http.PostAsync("/api/market-data/import", Csv("symbol,timestamp\n"));
        using var headless = await admin.Http.PostAsync("/api/market-data/import", Csv("symbol,timestamp,open,high,low,close\nSPY,2024-01-02T14:30:00Z,1,1,1,1\n"));

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("volume is missing", (await Client.ProblemOf(headless, HttpStatusCode.BadRequest)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Coverage_tells_what_is_there_and_which_minutes_of_a_session_are_not()
    {
        var user = await fixture.Gateway.NewUserAsync();

        // A Tuesday without 15:00 to 15:19 and its last hour, no Wednesday at all, and a Thursday that has all but its 14:30 to 14:34.
        await fixture.Database.ExecuteAsync("""
            insert into market_data (symbol, timeframe, time, open, high, low, close, volume)
            select 'GAPS', '1m', minute, 1, 1, 1, 1, 1
            from generate_series('2024-01-02T14:30:00Z'::timestamptz, '2024-01-04T20:59:00Z', '1 minute') as minute
            where not (minute >= '2024-01-02T15:00:00Z' and minute < '2024-01-02T15:20:00Z')
              and not (minute >= '2024-01-02T20:00:00Z' and minute < '2024-01-04T14:35:00Z')
            """);

        var coverage = await user.GetAsync("/api/market-data/coverage?symbol=GAPS");

        var minutes = Assert.Single(coverage.GetProperty("timeframes").EnumerateArray());
        Assert.Equal(("1m", 310L + 385, 0L), (minutes.GetProperty("timeframe").GetString(), minutes.GetProperty("bars").GetInt64(), minutes.GetProperty("live").GetInt64()));
        Assert.Equal(
            ["2024-01-02T15:00:00Z 20", "2024-01-02T20:00:00Z 60", "2024-01-03T14:30:00Z 390", "2024-01-04T14:30:00Z 5"],
            coverage.GetProperty("gaps").EnumerateArray().Select(gap => $"{gap.GetProperty("from").GetString()} {gap.GetProperty("minutes").GetInt32()}"));
        Assert.Equal(1, (await user.GetAsync("/api/market-data/coverage?symbol=GAPS&minGap=100")).GetProperty("gaps").GetArrayLength());
        Assert.Equal(0, (await user.GetAsync("/api/market-data/coverage?symbol=NONE")).GetProperty("timeframes").GetArrayLength());
    }

    [Theory]
    [InlineData("WIDEA", "start=1970-01-01")]
    [InlineData("WIDEB", "start=2024-01-03")]
    [InlineData("WIDEC", "end=0001-01-10")]
    public async Task Gaps_are_looked_for_in_a_range_that_has_bounds_also_when_one_of_them_is_left_out(string symbol, string range)
    {
        var user = await fixture.Gateway.NewUserAsync();
        await StoreAsync(symbol, "2024-01-02T14:30:00Z", 7m);

        await user.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Get, $"/api/market-data/coverage?symbol={symbol}&{range}");
    }

    [Fact]
    public async Task A_file_of_plain_dates_holds_the_days_of_the_stocks_exchange()
    {
        var admin = await fixture.Gateway.NewAdminAsync(fixture.Database);
        await StoreAsync("PLAIN", "2024-01-02T14:30:00Z", 1m);
        await StoreAsync("PLAIN", "2024-01-04T05:00:00Z", 4m, "1d");

        await ImportAsync(admin, "Date,Open,High,Low,Close,Volume\n2024-01-02,2,2,2,2,2\n2024-01-03,3,3,3,3,3\n2024-01-04,9,9,9,9,9\n2024-07-05,5,5,5,5,5\n", "?symbol=PLAIN&timeframe=1d");
        await ImportAsync(admin, "Date,Open,High,Low,Close,Volume\n2024-01-02,2,2,2,2,2\n", "?symbol=PLAIN/USD&timeframe=1d");
        var days = await admin.GetAsync("/api/market-data/candles?symbol=PLAIN&timeframe=1d");
        var coins = await admin.GetAsync("/api/market-data/candles?symbol=PLAIN%2FUSD&timeframe=1d");

        Assert.Equal(["2024-01-02T05:00:00Z", "2024-01-03T05:00:00Z", "2024-01-04T05:00:00Z", "2024-07-05T04:00:00Z"], Starts(days));
        Assert.Equal([1d, 3, 4, 5], Column(days, "c"));
        Assert.Equal(["2024-01-02T00:00:00Z"], Starts(coins));
    }

    [Fact]
    public async Task An_indicator_is_warm_where_there_are_earlier_bars()
    {
        var user = await fixture.Gateway.NewUserAsync();
        for (var minute = 0; minute < 10; minute++)
        {
            await StoreAsync("WARM", $"2024-01-02T14:3{minute}:00Z", 10m + minute);
        }

        var all = await user.GetAsync("/api/market-data/indicators?symbol=WARM&indicator=sma&params=3");
        var last = await user.GetAsync("/api/market-data/indicators?symbol=WARM&indicator=SMA&params=period=3&limit=4");
        var later = await user.GetAsync("/api/market-data/indicators?symbol=WARM&indicator=sma&params=3&start=2024-01-02T14:32:00Z&limit=2");

        Assert.Equal([null, null, 11, 12, 13, 14, 15, 16, 17, 18], Line(all, "value"));
        Assert.Equal([15d, 16, 17, 18], Line(last, "value"));
        Assert.Equal([11d, 12], Line(later, "value"));
        Assert.Equal(3d, all.GetProperty("params").GetProperty("period").GetDouble());
        Assert.Equal(10, all.GetProperty("t").GetArrayLength());
    }

    [Fact]
    public async Task Every_indicator_of_the_strategies_can_be_asked_for()
    {
        var user = await fixture.Gateway.NewUserAsync();
        await StoreAsync("KINDS", "2024-01-02T14:30:00Z", 10m);
        var kinds = (await user.GetAsync("/api/market-data/indicators/kinds")).GetProperty("items").EnumerateArray().ToList();

        Assert.Equal(["value", "signal", "histogram"], LinesOf("macd"));
        Assert.Superset(new HashSet<string?> { "sma", "ema", "rsi", "atr", "bollinger", "donchian", "stddev" }, kinds.Select(kind => kind.GetProperty("name").GetString()).ToHashSet());
        foreach (var kind in kinds)
        {
            var needed = string.Join(',', kind.GetProperty("parameters").EnumerateArray()
                .Where(parameter => parameter.GetProperty("default").ValueKind == JsonValueKind.Null).Select(parameter => $"{parameter.GetProperty("name").GetString()}=5"));
            var answer = await user.GetAsync($"/api/market-data/indicators?symbol=KINDS&indicator={kind.GetProperty("name").GetString()}&params={needed}");
            Assert.Equal(
                kind.GetProperty("lines").EnumerateArray().Select(line => line.GetString()!).Order(StringComparer.Ordinal),
                answer.GetProperty("lines").EnumerateObject().Select(line => line.Name).Order(StringComparer.Ordinal));
        }

        IEnumerable<string?> LinesOf(string name) =>
            kinds.Single(kind => kind.GetProperty("name").GetString() == name).GetProperty("lines").EnumerateArray().Select(line => line.GetString());
    }

    [Theory]
    [InlineData("indicator=magic", "indicator")]
    [InlineData("indicator=sma&params=0", "params")]
    [InlineData("indicator=sma&params=1.5", "params")]
    [InlineData("indicator=sma&params=length=5", "params")]
    [InlineData("indicator=macd&params=26,12", "params")]
    [InlineData("indicator=macd&params=1,2,3,4", "params")]
    public async Task An_indicator_that_cannot_be_made_says_why(string query, string field)
    {
        var user = await fixture.Gateway.NewUserAsync();

        var problem = await user.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Get, $"/api/market-data/indicators?symbol=SPY&{query}");

        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public void The_calendar_cuts_a_pause_into_what_was_open()
    {
        var (friday, tuesday) = (new DateTimeOffset(2024, 1, 12, 20, 30, 0, TimeSpan.Zero), new DateTimeOffset(2024, 1, 16, 14, 45, 0, TimeSpan.Zero));

        // Monday is Martin Luther King's day.
        Assert.Equal(
            [(friday, friday.AddMinutes(30)), (tuesday.AddMinutes(-15), tuesday)],
            CoverageStore.WithinSessions(friday, tuesday));
    }

    private static double?[] Line(JsonElement answer, string name) =>
        [.. answer.GetProperty("lines").GetProperty(name).EnumerateArray().Select(value => value.ValueKind == JsonValueKind.Null ? (double?)null : value.GetDouble())];

    private static double[] Column(JsonElement candles, string name) =>
        [.. candles.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];

    private static IEnumerable<string> Starts(JsonElement candles) =>
        candles.GetProperty("t").EnumerateArray().Select(start => DateTimeOffset.FromUnixTimeSeconds(start.GetInt64()).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"));

    private static (string?, long, long, long, long) Counts(JsonElement job) => (
        job.GetProperty("status").GetString(), job.GetProperty("lines").GetInt64(), job.GetProperty("stored").GetInt64(), job.GetProperty("known").GetInt64(), job.GetProperty("rejected").GetInt64());

    private static StringContent Csv(string file) => new(file, Encoding.UTF8, "text/csv");

    private static async Task<JsonElement> ImportAsync(Client client, string file, string query = "")
    {
        using var response = await client.Http.PostAsync($"/api/market-data/import{query}", Csv(file));
        return await Client.JsonOf(response);
    }

    private Task StoreAsync(string symbol, string at, decimal price, string timeframe = "1m") => fixture.Database.ExecuteAsync(
        "insert into market_data (symbol, timeframe, time, open, high, low, close, volume) values ($1, $2, $3, $4, $4, $4, $4, 1)",
        symbol, timeframe, DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture), price);
}
