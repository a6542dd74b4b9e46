using System.Net;

namespace StratForge.SimulatedExchange.Tests.Faults;

public sealed class FaultAdminTests
{
    private const string Faults = "/admin/faults";

    [Fact]
    public async Task Without_a_key_of_its_own_there_is_no_admin_API()
    {
        await using var exchange = await RunningExchange.StartAsync();

        foreach (var answer in (Answer[])[await exchange.GetAsync(Faults), await exchange.AdminAsync(HttpMethod.Get, Faults), await exchange.SendBareAsync(Faults)])
        {
            Assert.Equal((HttpStatusCode.NotFound, "endpoint not found"), (answer.Status, answer.Message));
        }
    }

    [Fact]
    public async Task The_accounts_own_credentials_do_not_open_the_admin_API_nor_the_admin_key_the_account()
    {
        await using var exchange = await RunningExchange.StartAsync(("AdminKey", RunningExchange.AdminKey));

        Assert.Equal(HttpStatusCode.Unauthorized, (await exchange.GetAsync(Faults)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await exchange.AdminAsync(HttpMethod.Get, Faults, key: RunningExchange.Secret)).Status);
        Assert.Equal(HttpStatusCode.OK, (await exchange.AdminAsync(HttpMethod.Get, Faults)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await exchange.AdminAsync(HttpMethod.Get, "/v2/account")).Status);
    }

    [Fact]
    public async Task Faults_are_planned_listed_found_and_deleted()
    {
        await using var exchange = await RunningExchange.StartAsync(("AdminKey", RunningExchange.AdminKey));
        var first = await exchange.PlanAsync("""{"kind":"drop","on":"trade_updates","event":"fill","symbol":"SPY","times":3,"skip":2,"probability":"0.25","seed":7}""");
        var second = await exchange.PlanAsync("""{"kind":"delay","on":"orders","delay_ms":1500,"times":0}""");

        var list = (await exchange.AdminAsync(HttpMethod.Get, Faults)).Body;
        var drop = await exchange.AdminAsync(HttpMethod.Get, first);

        Assert.Equal(2, list.GetArrayLength());
        Assert.Equal(drop.Text, list[0].GetRawText());
        Assert.Equal(
            """{"kind":"drop","on":"trade_updates","times":3,"skip":2,"probability":0.25,"seed":7,"symbol":"SPY","event":"fill","occasions":0,"hits":0,"left":3}""",
            "{" + drop.Text[(drop.Text.IndexOf("\"kind\"", StringComparison.Ordinal))..]);
        Assert.EndsWith(
            """{"kind":"delay","on":"orders","when":"after","times":0,"skip":0,"probability":1,"seed":1,"delay_ms":1500,"symbol":null,"event":null,"occasions":0,"hits":0,"left":null}"""[1..],
            list[1].GetRawText(),
            StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.NoContent, (await exchange.AdminAsync(HttpMethod.Delete, first)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await exchange.AdminAsync(HttpMethod.Get, first)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await exchange.AdminAsync(HttpMethod.Delete, first)).Status);
        Assert.Equal(HttpStatusCode.OK, (await exchange.AdminAsync(HttpMethod.Get, second)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await exchange.AdminAsync(HttpMethod.Delete, Faults)).Status);
        Assert.Equal("[]", (await exchange.AdminAsync(HttpMethod.Get, Faults)).Text);
    }

    [Theory]
    [InlineData("""{"kind":"flood","on":"orders"}""", "kind must be one of delay, error, rate_limit, disconnect, duplicate, drop, reorder, partial_fill")]
    [InlineData("""{"kind":"drop"}""", "on must be one of order_submit, orders, trading, data, trade_updates, market_data, fills")]
    [InlineData("""{"kind":"drop","on":"orders"}""", "drop does not happen on orders: requests know delay, error, rate_limit and disconnect, streams delay, duplicate, drop, reorder and disconnect, fills partial_fill")]
    [InlineData("""{"kind":"error","on":"fills"}""", "error does not happen on fills: requests know delay, error, rate_limit and disconnect, streams delay, duplicate, drop, reorder and disconnect, fills partial_fill")]
    [InlineData("""{"kind":"error","on":"orders","time":2}""", "unknown field \"time\": there are kind, on, when, times, skip, probability, seed, delay_ms, status, part, symbol, event")]
    [InlineData("""{"kind":"error","on":"orders","times":-1}""", "times must lie between 0 (until deleted) and 1000000")]
    [InlineData("""{"kind":"error","on":"orders","times":1.5}""", "times, skip, seed, delay_ms and status are whole numbers, probability and part are numbers")]
    [InlineData("""{"kind":"error","on":"orders","when":"later"}""", "when must be before or after")]
    [InlineData("""{"kind":"error","on":"orders","status":404}""", "status must lie between 500 and 599")]
    [InlineData("""{"kind":"error","on":"orders","probability":0}""", "probability must be above 0 and at most 1")]
    [InlineData("""{"kind":"error","on":"orders","symbol":"SPY"}""", "requests have no symbol: leave it out")]
    [InlineData("""{"kind":"delay","on":"orders"}""", "a delay needs delay_ms, above 0 and at most 60000")]
    [InlineData("""{"kind":"partial_fill","on":"fills","part":1}""", "part must lie between 0 and 1")]
    [InlineData("""{"kind":"partial_fill","on":"fills","event":"fill"}""", "only streams have events: leave event out")]
    [InlineData("""[]""", "request body format is invalid")]
    [InlineData("""{"kind":""", "request body format is invalid")]
    public async Task A_fault_that_makes_no_sense_is_refused_with_what_would(string body, string message)
    {
        await using var exchange = await RunningExchange.StartAsync(("AdminKey", RunningExchange.AdminKey));

        var refused = await exchange.AdminAsync(HttpMethod.Post, Faults, body);

        Assert.Equal(message, refused.Message);
        Assert.Equal("[]", (await exchange.AdminAsync(HttpMethod.Get, Faults)).Text);
    }

    [Fact]
    public async Task A_full_plan_takes_no_more()
    {
        await using var exchange = await RunningExchange.StartAsync(("AdminKey", RunningExchange.AdminKey));
        for (var fault = 0; fault < 100; fault++)
        {
            await exchange.PlanAsync("""{"kind":"error","on":"data"}""");
        }

        var refused = await exchange.AdminAsync(HttpMethod.Post, Faults, """{"kind":"error","on":"data"}""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "there are 100 faults already: delete those that are over"), (refused.Status, refused.Message));
    }
}
