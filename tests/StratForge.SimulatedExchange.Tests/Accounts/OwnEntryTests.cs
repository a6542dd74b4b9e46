using System.Net;

namespace StratForge.SimulatedExchange.Tests.Accounts;

public sealed class OwnEntryTests
{
    private const string Path = "/admin/activities";

    [Fact]
    public async Task What_is_booked_moves_cash_and_stands_in_the_history_as_alpaca_writes_it()
    {
        await using var exchange = await RunningExchange.StartAsync(("AdminKey", RunningExchange.AdminKey));

        var booked = await BookAsync(exchange, """{"activity_type":"DIV","symbol":"SPY","qty":"12","net_amount":8.04,"per_share_amount":"0.67","description":"Cash DIV","date":"2025-03-03"}""");
        var cash = (await exchange.GetAsync("/v2/account"))["cash"].GetString();
        var listed = Assert.Single((await exchange.GetAsync("/v2/account/activities")).Body.EnumerateArray());

        Assert.Equal("100008.04", cash);
        Assert.Equal(booked.Text, listed.ToString());
        Assert.Matches("^[0-9]{17}::[0-9a-f-]{36}$", booked["id"].GetString());
        Assert.Equal(
            ("DIV", "2025-03-03", "8.04", "Cash DIV", "SPY", "12", "0.67", "executed"),
            (Text("activity_type"), Text("date"), Text("net_amount"), Text("description"), Text("symbol"), Text("qty"), Text("per_share_amount"), Text("status")));

        string? Text(string name) => listed.GetProperty(name).GetString();
    }

    [Fact]
    public async Task A_fee_in_coins_is_taken_from_the_position_unless_it_only_tells_what_the_fill_took()
    {
        await using var exchange = await RunningExchange.StartAsync(("AdminKey", RunningExchange.AdminKey));
        await exchange.PostOrderAsync(new { symbol = "BTC/USD", qty = "0.1", side = "buy", type = "market", time_in_force = "gtc" });

        await BookAsync(exchange, """{"activity_type":"CFEE","symbol":"BTC/USD","qty":"-0.00025","net_amount":"0","moves":false}""");
        var told = (await exchange.GetAsync("/v2/positions/BTCUSD"))["qty"].GetString();
        var taken = await BookAsync(exchange, """{"activity_type":"CFEE","symbol":"BTC/USD","qty":"-0.00005"}""");

        Assert.Equal("0.09975", told);
        Assert.Equal("0.0997", (await exchange.GetAsync("/v2/positions/BTCUSD"))["qty"].GetString());
        Assert.Equal("BTCUSD", taken["symbol"].GetString());
    }

    [Fact]
    public async Task Entries_and_fills_are_one_history_that_is_asked_for_by_type_category_and_page()
    {
        await using var exchange = await RunningExchange.StartAsync(("AdminKey", RunningExchange.AdminKey));
        await BookAsync(exchange, """{"activity_type":"INT","net_amount":"1.01"}""");
        exchange.Pass(TimeSpan.FromSeconds(5));
        await exchange.PostOrderAsync(new { symbol = "SPY", qty = "1", side = "buy", type = "market", time_in_force = "day" });
        exchange.Pass(TimeSpan.FromSeconds(5));
        await BookAsync(exchange, """{"activity_type":"FEE","net_amount":"-0.02"}""");

        Assert.Equal(["INT", "FILL", "FEE"], await TypesAsync("direction=asc"));
        Assert.Equal(["FEE", "FILL", "INT"], await TypesAsync(""));
        Assert.Equal(["FEE"], await TypesAsync("activity_types=FEE,DIV"));
        Assert.Equal(["FEE", "INT"], await TypesAsync("category=non_trade_activity"));
        Assert.Equal(["FILL"], await TypesAsync("category=trade_activity"));
        var first = (await exchange.GetAsync("/v2/account/activities?page_size=1")).Body[0].GetProperty("id").GetString()!;
        Assert.Equal(["FILL", "INT"], await TypesAsync($"page_token={Uri.EscapeDataString(first)}"));

        async Task<IEnumerable<string?>> TypesAsync(string query) =>
            (await exchange.GetAsync($"/v2/account/activities?{query}")).Body.EnumerateArray().Select(entry => entry.GetProperty("activity_type").GetString());
    }

    [Theory]
    [InlineData("""{"activity_type":"FILL","net_amount":1}""", "activity_type must be one of Alpaca's other than FILL: CFEE, FEE, DIV, INT, ...")]
    [InlineData("""{"activity_type":"INT"}""", "net_amount is needed, or qty for a fee in units")]
    [InlineData("""{"activity_type":"INT","net_amount":"0.001"}""", "net_amount must be in whole cents")]
    [InlineData("""{"activity_type":"DIV","net_amount":1,"symbol":"NOPE"}""", "asset \"NOPE\" not found")]
    [InlineData("""{"activity_type":"DIV","net_amount":1,"date":"soon"}""", "date must be yyyy-MM-dd")]
    public async Task What_makes_no_sense_is_refused(string entry, string message)
    {
        await using var exchange = await RunningExchange.StartAsync(("AdminKey", RunningExchange.AdminKey));

        var answer = await exchange.AdminAsync(HttpMethod.Post, Path, entry);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, message), (answer.Status, answer.Message));
        Assert.Equal("[]", (await exchange.GetAsync("/v2/account/activities")).Text);
    }

    [Fact]
    public async Task A_coin_may_be_spelled_as_positions_spell_it_and_more_than_there_is_of_it_is_not_taken()
    {
        await using var exchange = await RunningExchange.StartAsync(("AdminKey", RunningExchange.AdminKey));
        var early = await exchange.AdminAsync(HttpMethod.Post, Path, """{"activity_type":"CFEE","symbol":"BTCUSD","qty":"-0.00005"}""");
        await exchange.PostOrderAsync(new { symbol = "BTC/USD", qty = "0.1", side = "buy", type = "market", time_in_force = "gtc" });

        await BookAsync(exchange, """{"activity_type":"CFEE","symbol":"BTCUSD","qty":"-0.00005"}""");
        var greedy = await exchange.AdminAsync(HttpMethod.Post, Path, """{"activity_type":"CFEE","symbol":"BTCUSD","qty":"-0.2"}""");
        var nameless = await exchange.AdminAsync(HttpMethod.Post, Path, """{"activity_type":"CFEE","qty":"-0.00005"}""");

        Assert.Equal("insufficient qty available for the entry (requested: -0.00005, available: 0)", early.Message);
        Assert.Equal("insufficient qty available for the entry (requested: -0.2, available: 0.0997)", greedy.Message);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, nameless.Status);
        Assert.Equal("0.0997", (await exchange.GetAsync("/v2/positions/BTCUSD"))["qty"].GetString());
        Assert.Single((await exchange.GetAsync("/v2/account/activities/CFEE")).Body.EnumerateArray());
    }

    [Fact]
    public async Task Entries_are_in_the_equity_curve_and_those_of_cash_beside_it()
    {
        using var bars = BarFile.Flat("BTC/USD", 500m, 500m, 500m);
        await using var exchange = await RunningExchange.StartAsync(bars, ("AdminKey", RunningExchange.AdminKey));
        await exchange.PostOrderAsync(new { symbol = "BTC/USD", qty = "1", side = "buy", type = "market", time_in_force = "gtc" });
        exchange.Pass(TimeSpan.FromSeconds(65));
        await BookAsync(exchange, """{"activity_type":"CSD","net_amount":"5000"}""");
        await BookAsync(exchange, """{"activity_type":"CFEE","symbol":"BTC/USD","qty":"-0.1"}""");
        exchange.Pass(TimeSpan.FromSeconds(60));
        await BookAsync(exchange, """{"activity_type":"CSW","net_amount":"-1000"}""");
        await BookAsync(exchange, """{"activity_type":"INT","net_amount":"1.5"}""");

        const string History = "/v2/account/portfolio/history?period=1D&timeframe=1Min&intraday_reporting=continuous&cashflow_types=";
        var history = await exchange.GetAsync(History + "CSD,CSW,JNLC");
        var all = await exchange.GetAsync(History + "ALL");
        var account = await exchange.GetAsync("/v2/account");

        // The fill has paid a quarter of a percent of the coin: 1.25 dollars.
        Assert.Equal([99_998.75m, 104_948.75m, 103_950.25m], history["equity"].EnumerateArray().Select(value => value.GetDecimal()));
        Assert.Equal("103950.25", account["equity"].GetString());
        Assert.Equal("""{"CSD":[0,5000,0],"CSW":[0,0,-1000]}""", history["cashflow"].GetRawText());
        Assert.Equal("""{"CSD":[0,5000,0],"CSW":[0,0,-1000],"INT":[0,0,1.5]}""", all["cashflow"].GetRawText());
        Assert.Equal("invalid activity type: CASH", (await exchange.GetAsync(History + "CASH")).Message);
    }

    [Fact]
    public async Task Entries_survive_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("own-entries-");
        try
        {
            foreach (var expected in (string[])["100001.01", "100002.02"])
            {
                await using var exchange = await RunningExchange.StartAsync(("AdminKey", RunningExchange.AdminKey), ("DataDirectory", folder.FullName));
                await BookAsync(exchange, """{"activity_type":"INT","net_amount":"1.01"}""");
                Assert.Equal(expected, (await exchange.GetAsync("/v2/account"))["cash"].GetString());
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<Answer> BookAsync(RunningExchange exchange, string entry)
    {
        var answer = await exchange.AdminAsync(HttpMethod.Post, Path, entry);
        Assert.True(answer.Status == HttpStatusCode.Created, answer.Text);
        return answer;
    }
}
