using System.Net;
using System.Text.Json;
using StratForge.Gateway.Tests.Reconciliation;

namespace StratForge.Gateway.Tests.Orders;

/// <summary>Orders by hand as they come in by HTTP and are shown.</summary>
public sealed class OrderDoorTests : IAsyncLifetime
{
    private TradingPlatform _platform = null!;

    public async Task InitializeAsync() => _platform = await TradingPlatform.StartAsync(("USD", 1_000_000));

    public async Task DisposeAsync() => await _platform.DisposeAsync();

    [Fact]
    public async Task Of_a_hundred_orders_sent_at_once_a_balance_that_covers_ten_pays_for_exactly_ten()
    {
        var user = await _platform.Gateway.NewUserAsync();
        _platform.Price("AAPL", 10_500);
        var order = new { symbol = "AAPL", qty = 1, side = "buy", type = "limit", limit_price = 10_000, time_in_force = "gtc" };

        // A connection of its own for each, all of them open before the first is sent.
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sending = Enumerable.Range(0, 100).Select(async _ =>
        {
            await gate.Task;
            using var answer = await user.PostAsync("/trade/orders", order);
            return (answer.StatusCode, Body: JsonElement.Parse(await answer.Content.ReadAsStringAsync()));
        }).ToArray();
        gate.SetResult();
        var answers = await Task.WhenAll(sending);

        Assert.Equal(10, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.All(
            answers.Where(answer => answer.StatusCode != HttpStatusCode.Created),
            answer => Assert.Equal(
                (HttpStatusCode.BadRequest, "INSUFFICIENT_FUNDS: required=10000 available=0"),
                (answer.StatusCode, answer.Body.GetProperty("detail").GetString())));
        Assert.Equal(
            Enumerable.Range(0, 10).Select(n => $"{n * 10_000}").Order(StringComparer.Ordinal),
            answers.Where(answer => answer.StatusCode == HttpStatusCode.Created).Select(answer => answer.Body.GetProperty("newBalance").GetString()!).Order(StringComparer.Ordinal));
        var portfolio = await user.GetAsync("/api/portfolio");
        Assert.Equal(("100000", "100000"), (portfolio.GetProperty("cash").GetString(), portfolio.GetProperty("reserved").GetString()));
        Assert.Equal(10, (await user.GetAsync("/trade/orders?limit=500")).GetArrayLength());
        await Books.AssertBalancedAsync(_platform.Database);
    }

    [Fact]
    public async Task Orders_are_named_by_what_they_belong_with_and_a_replaced_exit_keeps_its_name()
    {
        var user = await _platform.Gateway.NewUserAsync();
        await _platform.TradeAsync(user, "AAPL", "buy", 10, 100);
        var pair = await PlaceAsync(user, new
        {
            symbol = "AAPL", qty = 10, side = "sell", type = "limit", time_in_force = "gtc", order_class = "oco",
            take_profit = new { limit_price = 110 }, stop_loss = new { stop_price = 90 },
        });
        await PlaceAsync(user, new
        {
            symbol = "AAPL", qty = 2, side = "buy", type = "limit", limit_price = 95, time_in_force = "gtc", order_class = "bracket",
            take_profit = new { limit_price = 97 }, stop_loss = new { stop_price = 91 },
        });
        await PlaceAsync(user, new
        {
            symbol = "AAPL", qty = 3, side = "buy", type = "limit", limit_price = 95, time_in_force = "gtc", order_class = "oto", stop_loss = new { stop_price = 91 },
        });

        Assert.Equal(
            ["10 sell oco", "10 sell oco", "2 buy bracket", "2 sell bracket", "2 sell bracket", "3 buy oto", "3 sell oto"], await NamesAsync(user, "status=open"));
        Assert.Equal(["10 buy "], await NamesAsync(user, "status=closed"));

        using var answer = await user.SendAsync(HttpMethod.Patch, $"/trade/orders/{pair}", new { limit_price = 112 });
        var successor = await Client.JsonOf(answer);

        Assert.Equal("oco", successor.GetProperty("order_class").GetString());
        Assert.Equal(["10 sell oco", "10 sell oco"], (await NamesAsync(user, "status=open")).Where(name => name.StartsWith("10", StringComparison.Ordinal)));
        // The order they hang below is over, so they are shown by themselves; the others are below theirs.
        Assert.Equal(["10 sell oco", "10 sell oco", "2 buy bracket", "3 buy oto"], await NamesAsync(user, "status=open&nested=true"));
    }

    [Fact]
    public async Task An_exit_whose_entry_is_not_filled_can_not_be_replaced_yet()
    {
        var user = await _platform.Gateway.NewUserAsync();
        _platform.Price("AAPL", 100);
        var entry = await PlaceAsync(user, new
        {
            symbol = "AAPL", qty = 2, side = "buy", type = "limit", limit_price = 95, time_in_force = "gtc", order_class = "oto", stop_loss = new { stop_price = 91 },
        });
        var exit = (await user.GetAsync($"/trade/orders/{entry}")).GetProperty("legs")[0].GetProperty("id").GetString();

        var problem = await user.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Patch, $"/trade/orders/{exit}", new { stop_price = 92 });

        Assert.Equal("ORDER_HELD", problem.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(110.005, 90, null, "BAD_PRICE: limit_price=110.005 step=0.01 leg=take_profit")]
    [InlineData(110, 90.001, null, "BAD_PRICE: stop_price=90.001 step=0.01 leg=stop_loss")]
    [InlineData(110, 90, 0, "BAD_PRICE: limit_price=0 must be above 0 and at most 100000000 leg=stop_loss")]
    public async Task An_exit_has_to_be_one_that_the_venue_would_take(double profit, double stop, int? stopLimit, string detail)
    {
        var user = await _platform.Gateway.NewUserAsync();
        _platform.Price("AAPL", 100);

        var problem = await user.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "/trade/orders", new
        {
            symbol = "AAPL", qty = 2, side = "buy", type = "limit", limit_price = 95, time_in_force = "gtc", order_class = "bracket",
            take_profit = new { limit_price = profit }, stop_loss = new { stop_price = stop, limit_price = stopLimit },
        });

        Assert.Equal(detail, problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("""{"symbol":"AAPL","side":"buy","type":"limit","time_in_force":"gtc","notional":100,"limit_price":0}""", "BAD_PRICE")]
    [InlineData("""{"symbol":"AAPL","side":"buy","type":"limit","time_in_force":"gtc","notional":7e28,"limit_price":0.0001}""", "BAD_QUANTITY")]
    [InlineData("""{"symbol":"AAPL","side":"buy","type":"limit","time_in_force":"gtc","notional":100,"limit_price":7e28}""", "BAD_PRICE")]
    [InlineData("""{"symbol":"AAPL","side":"buy","type":"stop","time_in_force":"gtc","qty":1,"stop_price":7e28}""", "BAD_PRICE")]
    [InlineData("""{"symbol":"AAPL","side":"buy","type":"trailing_stop","time_in_force":"gtc","qty":1,"trail_price":7.9e28}""", "BAD_PRICE")]
    public async Task Numbers_beyond_all_measure_are_refused(string order, string code)
    {
        var user = await _platform.Gateway.NewUserAsync();
        _platform.Price("AAPL", 100);

        var problem = await user.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "/trade/orders", JsonElement.Parse(order));

        Assert.Equal(code, problem.GetProperty("code").GetString());
    }

    [Fact]
    public async Task What_may_not_be_ordered_can_not_be_had_by_a_replacement_either()
    {
        var user = await _platform.Gateway.NewUserAsync();
        _platform.Price("AAPL", 100);
        var order = await RestAsync(user, "resting");
        await user.PutForAsync("/api/users/me/trading-mode", new { mode = "pause", reason = "Enough for today." });

        var problem = await user.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Patch, $"/trade/orders/{order}", new { qty = 900, limit_price = 101 });
        Assert.Equal("TRADING_PAUSED", problem.GetProperty("code").GetString());
        using var less = await user.SendAsync(HttpMethod.Patch, $"/trade/orders/{order}", new { qty = 1 });
        Assert.Equal("1", (await Client.JsonOf(less)).GetProperty("qty").GetString());
    }

    [Fact]
    public async Task A_replacement_does_not_get_a_name_that_another_order_has_or_had()
    {
        var user = await _platform.Gateway.NewUserAsync();
        _platform.Price("AAPL", 100);
        var (first, second, third) = (await RestAsync(user, "first"), await RestAsync(user, "second"), await RestAsync(user, "third"));
        using var gone = await user.SendAsync(HttpMethod.Delete, $"/trade/orders/{third}");

        foreach (var name in new[] { "first", "second", "third" })
        {
            var problem = await user.RefusedAsync(
                HttpStatusCode.UnprocessableEntity, HttpMethod.Patch, $"/trade/orders/{first}", new { qty = 3, client_order_id = name });
            Assert.Equal("client-order-id-reused", problem.GetProperty("code").GetString());
        }

        Assert.Equal([first, second], (await user.GetAsync("/trade/orders?direction=asc")).EnumerateArray().Select(order => order.GetProperty("id").GetGuid()));
        using var other = await user.SendAsync(HttpMethod.Patch, $"/trade/orders/{first}", new { qty = 3, client_order_id = "fourth" });
        Assert.Equal("fourth", (await Client.JsonOf(other)).GetProperty("client_order_id").GetString());
        Assert.Empty(_platform.Gateway.Faults.Logged);
    }

    [Fact]
    public async Task An_order_is_found_by_the_name_that_its_owner_gave_it()
    {
        var (user, stranger) = (await _platform.Gateway.NewUserAsync(), await _platform.Gateway.NewUserAsync());
        _platform.Price("AAPL", 100);
        var order = await RestAsync(user, "my own & only");
        var nameless = await RestAsync(user, null);

        Assert.Equal(order, (await ByNameAsync("my own & only")).GetProperty("id").GetGuid());
        Assert.Equal(nameless, (await ByNameAsync($"{nameless}")).GetProperty("id").GetGuid());
        await user.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"/trade/orders:by_client_order_id?client_order_id={order}");
        await stranger.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, "/trade/orders:by_client_order_id?client_order_id=my%20own%20%26%20only");
        await user.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "/trade/orders:by_client_order_id");

        Task<JsonElement> ByNameAsync(string name) => user.GetAsync($"/trade/orders:by_client_order_id?client_order_id={Uri.EscapeDataString(name)}");
    }

    [Fact]
    public async Task An_order_tells_its_owner_what_was_decided_about_it()
    {
        var (user, stranger) = (await _platform.Gateway.NewUserAsync(), await _platform.Gateway.NewUserAsync());
        _platform.Price("AAPL", 100);
        var (order, other) = (await RestAsync(user, "one"), await RestAsync(stranger, "two"));
        foreach (var (kind, of, beside) in new[] { ("wait", order, (Guid?)null), ("wait", other, null), ("split", order, null), ("cross", other, order) })
        {
            await _platform.Database.ExecuteAsync(
                "insert into routing_decisions (at, kind, symbol, order_id, other_order_id, quantity, reason) values (now(), $1, 'AAPL', $2, nullif($3, $4), 2, 'why')",
                kind, of, beside ?? Guid.Empty, Guid.Empty);
        }

        var decisions = await user.ListAsync($"/trade/orders/{order}/decisions");

        Assert.Equal(["cross 2 why", "split 2 why", "wait 2 why"], decisions.Select(decision =>
            $"{decision.GetProperty("kind").GetString()} {decision.GetProperty("qty").GetString()} {decision.GetProperty("reason").GetString()}"));
        await stranger.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"/trade/orders/{order}/decisions");
    }

    private static Task<Guid> RestAsync(Client user, string? name) => PlaceAsync(user, new
    {
        symbol = "AAPL", qty = 2, side = "buy", type = "limit", limit_price = 95, time_in_force = "gtc", client_order_id = name,
    });

    private static async Task<Guid> PlaceAsync(Client user, object order) => (await user.PostForAsync("/trade/orders", order)).GetProperty("id").GetGuid();

    private static async Task<IEnumerable<string>> NamesAsync(Client user, string query) =>
        (await user.GetAsync($"/trade/orders?{query}")).EnumerateArray()
        .Select(order => $"{order.GetProperty("qty").GetString()} {order.GetProperty("side").GetString()} {order.GetProperty("order_class").GetString()}")
        .Order(StringComparer.Ordinal);
}
