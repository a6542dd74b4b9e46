using System.Net;
using StratForge.SimulatedExchange.Faults;

namespace StratForge.SimulatedExchange.Tests.Faults;

public sealed class RequestFaultTests
{
    private static object Buy(string id) => new { symbol = "SPY", qty = 1, side = "buy", type = "market", time_in_force = "day", client_order_id = id };

    private static Task<RunningExchange> StartAsync(BarFile bars) => RunningExchange.StartAsync(bars, ("AdminKey", RunningExchange.AdminKey), ("RequestsPerMinute", "200"));

    private static async Task<string> StateOf(RunningExchange exchange, string id)
    {
        var order = await exchange.GetAsync($"/v2/orders:by_client_order_id?client_order_id={id}");
        return order.Status == HttpStatusCode.OK ? order["status"].GetString()! : order.Message;
    }

    [Fact]
    public async Task An_order_that_failed_before_it_was_taken_can_be_sent_again()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await StartAsync(bars);
        await exchange.PlanAsync("""{"kind":"error","on":"order_submit"}""");

        var failed = await exchange.PostOrderAsync(Buy("one"));

        Assert.Equal((HttpStatusCode.InternalServerError, 50010000), (failed.Status, failed.Code));
        Assert.Equal("order not found for one", await StateOf(exchange, "one"));
        Assert.Equal(HttpStatusCode.OK, (await exchange.PostOrderAsync(Buy("one"))).Status);
    }

    [Fact]
    public async Task An_order_whose_answer_is_lost_was_taken_all_the_same()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await StartAsync(bars);
        await exchange.PlanAsync("""{"kind":"error","on":"order_submit","when":"after","status":504}""");

        var failed = await exchange.PostOrderAsync(Buy("one"));

        Assert.Equal((HttpStatusCode.GatewayTimeout, """{"message":"gateway timeout"}"""), (failed.Status, failed.Text));
        Assert.Equal("filled", await StateOf(exchange, "one"));
        Assert.Equal("client_order_id must be unique", (await exchange.PostOrderAsync(Buy("one"))).Message);
        Assert.Equal("1", (await exchange.GetAsync("/v2/positions/SPY"))["qty"].GetString());
    }

    [Fact]
    public async Task A_refusal_for_the_rate_looks_like_a_real_one_and_changes_nothing()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await StartAsync(bars);
        await exchange.PlanAsync("""{"kind":"rate_limit","on":"trading","times":2}""");

        foreach (var refused in (Answer[])[await exchange.PostOrderAsync(Buy("one")), await exchange.GetAsync("/v2/account")])
        {
            Assert.Equal((HttpStatusCode.TooManyRequests, """{"message":"too many requests."}"""), (refused.Status, refused.Text));
            Assert.DoesNotContain(refused.Headers.Keys, header => header.StartsWith("X-RateLimit", StringComparison.Ordinal) || header == "Retry-After");
        }

        Assert.Equal("order not found for one", await StateOf(exchange, "one"));
    }

    [Theory]
    [InlineData("before", "order not found for one")]
    [InlineData("after", "filled")]
    public async Task A_connection_breaks_before_or_after_the_order_is_taken(string when, string state)
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await StartAsync(bars);
        await exchange.PlanAsync($$"""{"kind":"disconnect","on":"orders","when":"{{when}}"}""");

        await Assert.ThrowsAsync<HttpRequestException>(() => exchange.PostOrderAsync(Buy("one")));

        Assert.Equal(state, await StateOf(exchange, "one"));
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    public async Task A_delayed_answer_comes_whole_when_its_time_has_passed(string when)
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await StartAsync(bars);
        await exchange.PlanAsync($$"""{"kind":"delay","on":"order_submit","when":"{{when}}","delay_ms":3000}""");
        var sentAt = exchange.Clock.GetUtcNow();

        var answering = exchange.PostOrderAsync(Buy("one"));
        while (!answering.IsCompleted)
        {
            exchange.Clock.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        var answer = await answering;
        Assert.InRange(exchange.Clock.GetUtcNow() - sentAt, TimeSpan.FromSeconds(3), TimeSpan.MaxValue);
        Assert.Equal((HttpStatusCode.OK, "one"), (answer.Status, answer["client_order_id"].GetString()));
        Assert.Equal("filled", await StateOf(exchange, "one"));
    }

    [Fact]
    public async Task An_answer_without_a_body_is_delayed_too()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await StartAsync(bars);
        var id = (await exchange.PostOrderAsync(new { symbol = "SPY", qty = 1, side = "buy", type = "limit", limit_price = 90, time_in_force = "day" }))["id"].GetString();
        exchange.Faults.Add(new Fault(FaultKind.Delay, FaultTarget.Orders) { Delay = TimeSpan.FromSeconds(1) });

        var answering = exchange.DeleteAsync($"/v2/orders/{id}");
        while (!answering.IsCompleted)
        {
            exchange.Clock.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        Assert.Equal(HttpStatusCode.NoContent, (await answering).Status);
    }

    [Fact]
    public async Task Each_fault_keeps_to_its_own_requests()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        await using var exchange = await StartAsync(bars);
        await exchange.PlanAsync("""{"kind":"error","on":"data","times":0,"status":503}""");
        await exchange.PlanAsync("""{"kind":"error","on":"order_submit","times":0}""");

        Assert.Equal(HttpStatusCode.OK, (await exchange.GetAsync("/v2/account")).Status);
        Assert.Equal(HttpStatusCode.OK, (await exchange.GetAsync("/v2/orders")).Status);
        Assert.Equal(HttpStatusCode.OK, (await exchange.SendBareAsync("/health")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await exchange.GetAsync("/v2/stocks/trades/latest?symbols=SPY")).Status);
        Assert.Equal(HttpStatusCode.InternalServerError, (await exchange.PostOrderAsync(Buy("one"))).Status);
        await exchange.PlanAsync("""{"kind":"disconnect","on":"trading","times":0}""");
        Assert.Equal(3, (await exchange.AdminAsync(HttpMethod.Get, "/admin/faults")).Body.GetArrayLength());
        Assert.Equal(HttpStatusCode.Unauthorized, (await exchange.SendBareAsync("/v2/account")).Status);
    }

    [Fact]
    public async Task The_same_seed_fails_the_same_requests()
    {
        var runs = new List<string>();
        for (var run = 0; run < 2; run++)
        {
            using var bars = BarFile.Flat("SPY", 100m);
            await using var exchange = await StartAsync(bars);
            await exchange.PlanAsync("""{"kind":"error","on":"trading","times":0,"probability":0.4,"seed":2026}""");
            var seen = "";
            for (var request = 0; request < 30; request++)
            {
                seen += (await exchange.GetAsync("/v2/clock")).Status == HttpStatusCode.OK ? '.' : 'x';
            }

            runs.Add(seen);
        }

        Assert.Equal(runs[0], runs[1]);
        Assert.Contains('x', runs[0]);
        Assert.Contains('.', runs[0]);
    }
}
