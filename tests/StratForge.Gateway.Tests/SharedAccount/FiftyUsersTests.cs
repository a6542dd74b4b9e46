using System.Globalization;
using System.Net;
using System.Text.Json;

namespace StratForge.Gateway.Tests.SharedAccount;

/// <summary>Fifty users trade one symbol both ways at the same time through one account, at an exchange that judges the account as Alpaca does.</summary>
[Collection(OneVillage.Name)]
public sealed class FiftyUsersTests
{
    private const int Users = 50;
    private const int RequestsPerMinute = 200;

    private static readonly string[] s_atRest = ["accepted", "held"];

    [Fact]
    public async Task Fifty_users_trade_one_symbol_both_ways_and_nobody_meets_a_refusal_of_the_account()
    {
        await using var village = await TradingVillage.OpenAsync(RequestsPerMinute);
        await CheckRulesHoldAsync(village);
        // Part of what the platform takes over, and not to be booked again.
        await village.BookAsync(new { activity_type = "INT", net_amount = "7.77" });
        await village.StartIngestorAsync();
        var gateway = await village.StartGatewayAsync();
        var admin = await village.NewAdminAsync(gateway.Address);
        await TradingVillage.WaitForQuotesAsync(admin);
        var before = await village.CountAnswersAsync();
        var began = TimeProvider.System.GetTimestamp();

        VillageTrader[] traders =
            [.. await Task.WhenAll(Enumerable.Range(0, Users).Select(async n => new VillageTrader(await Client.RegisterAsync(gateway.Address, $"trader{n}"))))];
        await Task.WhenAll(traders.Select((trader, n) => trader.TradeAsync(n)));
        await Task.WhenAll(traders.Select(trader => trader.GoHomeAsync()));
        var orders = await WaitForRestAsync(village, traders);

        var took = TimeProvider.System.GetElapsedTime(began);
        var asked = (await village.CountAnswersAsync()).ToDictionary(count => count.Key, count => count.Value - before.GetValueOrDefault(count.Key));
        Assert.DoesNotContain(orders, order => order.GetProperty("status").GetString() == "rejected");
        Assert.All(orders, order => Assert.Equal(JsonValueKind.Null, order.GetProperty("reject_code").ValueKind));
        CheckSubmissions(asked, took);
        await CheckSumsAsync(village, admin, traders);
        await CheckOwnEntriesAsync(village, admin, traders);
        await CheckBothWaysAsync(village);
        await CheckBudgetHoldsAsync(village);
    }

    // The rules are on: the account's owner himself meets them.
    private static async Task CheckRulesHoldAsync(TradingVillage village)
    {
        var bought = await village.SubmitAsync(new { symbol = TradingVillage.Aside, qty = "3", side = "buy", type = "market", time_in_force = "gtc" });
        Assert.Equal(HttpStatusCode.OK, bought.Status);
        await Eventually.BecomesAsync(
            () => village.AskExchangeAsync("/v2/positions"), positions => positions.GetArrayLength() == 1 && positions[0].GetProperty("qty").GetString() == "3");
        var resting = await village.SubmitAsync(
            new { symbol = TradingVillage.Aside, qty = "2", side = "sell", type = "limit", limit_price = "150", time_in_force = "gtc" });
        Assert.Equal(HttpStatusCode.OK, resting.Status);

        var wash = await village.SubmitAsync(new { symbol = TradingVillage.Aside, qty = "1", side = "buy", type = "market", time_in_force = "gtc" });
        var held = await village.SubmitAsync(new { symbol = TradingVillage.Aside, qty = "2", side = "sell", type = "market", time_in_force = "gtc" });

        Assert.Equal((HttpStatusCode.Forbidden, true), (wash.Status, MessageOf(wash.Body).StartsWith("potential wash trade", StringComparison.Ordinal)));
        Assert.Equal((HttpStatusCode.Forbidden, true), (held.Status, MessageOf(held.Body).StartsWith("insufficient qty", StringComparison.Ordinal)));
        using var canceled = await village.Exchange.DeleteAsync($"/v2/orders/{resting.Body.GetProperty("id").GetString()}");
        Assert.Equal(HttpStatusCode.NoContent, canceled.StatusCode);
    }

    private static async Task CheckBudgetHoldsAsync(TradingVillage village)
    {
        for (var i = 0; i <= 2 * RequestsPerMinute; i++)
        {
            using var answer = await village.Exchange.GetAsync("/v2/account");
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                return;
            }
        }

        Assert.Fail($"The exchange answered {2 * RequestsPerMinute} requests at once, so its budget was not on.");
    }

    private static async Task<List<JsonElement>> WaitForRestAsync(TradingVillage village, VillageTrader[] traders)
    {
        List<JsonElement> orders = [];
        var stirring = await Eventually.BecomesAsync(
            async () =>
            {
                orders = [.. (await Task.WhenAll(traders.Select(trader => trader.ListAsync("all")))).SelectMany(list => list)];
                var resting = traders.Select(trader => trader.Resting).ToHashSet();
                string[] moving =
                [
                    .. orders.Where(order => resting.Contains(order.GetProperty("id").GetGuid())
                            ? order.GetProperty("status").GetString() != "accepted"
                            : order.GetProperty("status").GetString() is "new" or "partially_filled" || s_atRest.Contains(order.GetProperty("status").GetString()))
                        .Select(order => order.ToString()),
                ];
                return moving.Length == 0 && (await village.Database.ValueAsync<long>(
                    "select count(*) from broker_orders where status in ('accepted', 'new', 'partially_filled')")) == 0 ? "" : string.Join('\n', moving.Append("or something is at the broker"));
            },
            moving => moving.Length == 0);
        Assert.Empty(stirring);
        return orders;
    }

    private static void CheckSubmissions(Dictionary<(string Method, string Route, int Status), long> asked, TimeSpan took)
    {
        var answers = string.Join('\n', asked.Where(count => count.Value > 0).Select(count => $"{count.Key}: {count.Value}"));
        Assert.True(
            asked.Where(count => count.Key is { Method: "POST", Route: "/v2/orders", Status: not 200 }).Sum(count => count.Value) == 0, $"Orders were refused:\n{answers}");
        // Orders that come together travel together, and opposite ones meet in the house: the slower the machine, the fewer are sent.
        Assert.True(asked.GetValueOrDefault(("POST", "/v2/orders", 200)) > Users / 5, $"Hardly anything was sent:\n{answers}");
        Assert.True(asked.Where(count => count.Key.Status == 429).Sum(count => count.Value) == 0, $"The budget was exceeded:\n{answers}");
        var trading = asked.Where(count => !count.Key.Route.StartsWith("/v2/stocks", StringComparison.Ordinal) && !count.Key.Route.StartsWith("/v1beta3", StringComparison.Ordinal))
            .Sum(count => count.Value);
        Assert.True(trading <= RequestsPerMinute * (1 + took.TotalMinutes), $"{trading} requests within {took}:\n{answers}");
    }

    private static async Task CheckSumsAsync(TradingVillage village, Client admin, VillageTrader[] traders)
    {
        var report = await admin.PostForAsync("/api/admin/reconciliation/check");
        Assert.Equal(0, report.GetProperty("drifting").GetInt32());
        Assert.All(report.GetProperty("assets").EnumerateArray(), asset => Assert.Equal("matches", asset.GetProperty("status").GetString()));
        Assert.DoesNotContain(await admin.ListAsync("/api/admin/reconciliation/history", 100), entry => entry.GetProperty("kind").GetString() != "opening");

        var held = (await Task.WhenAll(traders.Select(trader => trader.HeldAsync()))).Sum();
        var cash = (await Task.WhenAll(traders.Select(trader => trader.CashAsync()))).Sum();
        var assets = report.GetProperty("assets").EnumerateArray().ToDictionary(asset => asset.GetProperty("asset").GetString()!);
        var atBroker = (await village.AskExchangeAsync("/v2/positions")).EnumerateArray()
            .Where(position => position.GetProperty("symbol").GetString() == TradingVillage.Symbol).Sum(position => Figure(position, "qty"));
        Assert.Equal(atBroker, held);
        // The admin holds his deposit and never trades.
        var house = Figure(assets["USD"].GetProperty("madeUpOf"), "house") + Figure(assets["USD"].GetProperty("madeUpOf"), "rounding");
        Assert.Equal(Figure(await village.AskExchangeAsync("/v2/account"), "cash"), cash + 100_000 + house);
    }

    // What the exchange books by itself finds its owners, and the sums agree again.
    private static async Task CheckOwnEntriesAsync(TradingVillage village, Client admin, VillageTrader[] traders)
    {
        var held = (await Task.WhenAll(traders.Select(trader => trader.HeldAsync()))).Sum();
        await village.BookAsync(new { activity_type = "FEE", net_amount = "-1.23", description = "TAF fee" });
        await village.BookAsync(new { activity_type = "FEE", net_amount = "-0.41", description = "REG fee" });
        await village.BookAsync(new { activity_type = "DIV", symbol = TradingVillage.Symbol, qty = held, net_amount = decimal.Round(held * 0.37m, 2), date = "2013-10-05" });
        await village.BookAsync(new { activity_type = "INT", net_amount = "3.21" });

        await CheckSumsAsync(village, admin, traders);

        Assert.Equal(1.64m, await village.Database.ValueAsync<decimal>(
            "select sum(amount) from ledger_entries where reason = 'fee' and debit_kind = 'cash' and debit_owner <> $1", Guid.Empty));
        Assert.NotEqual(0m, await village.Database.ValueAsync<decimal>(
            "select sum(amount) from ledger_entries where reason = 'dividend' and credit_kind = 'cash' and credit_owner <> $1", Guid.Empty));
        Assert.Equal(4, await village.Database.ValueAsync<long>("select count(*) from venue_bookings where outcome = 'booked'"));
    }

    // It was worth testing: opposite orders met in the house, waited for each other, and traded at the broker both ways.
    private static async Task CheckBothWaysAsync(TradingVillage village)
    {
        Assert.NotEqual(0, await village.Database.ValueAsync<long>("select count(*) from routing_decisions where kind = 'cross'"));
        Assert.NotEqual(0, await village.Database.ValueAsync<long>("select count(*) from broker_orders where side = 'buy' and filled_quantity > 0"));
        Assert.NotEqual(0, await village.Database.ValueAsync<long>("select count(*) from broker_orders where side = 'sell' and filled_quantity > 0"));
    }

    private static string MessageOf(JsonElement body) => body.GetProperty("message").GetString()!;

    private static decimal Figure(JsonElement item, string name) => decimal.Parse(item.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
