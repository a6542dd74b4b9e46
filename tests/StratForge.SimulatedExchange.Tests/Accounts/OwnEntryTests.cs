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
