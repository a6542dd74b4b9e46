using System.Globalization;
using System.Net;
using System.Text.Json;

namespace StratForge.Gateway.Tests.SharedAccount;

/// <summary>One of the users: places, changes and takes back orders in the symbol that all trade, and takes no refusal.</summary>
internal sealed class VillageTrader(Client client)
{
    // No price of the swings ever comes here.
    private const decimal FarBelow = 95m;

    private static readonly HashSet<string> s_open = ["held", "accepted", "new", "partially_filled"];

    public Client Client => client;

    /// <summary>The order that is to be there still when all is over.</summary>
    public Guid Resting { get; private set; }

    /// <summary>Does what the user of a number does: ten kinds, five users of each.</summary>
    public async Task TradeAsync(int number)
    {
        if (number % 10 == 6)
        {
            await client.PutForAsync("/api/users/me/risk", new { allowShorting = true });
            await FilledAsync(await PlaceAsync(new { type = "market", side = "sell", qty = 6 }));
        }

        Resting = await PlaceAsync(new { type = "limit", side = "buy", qty = 1, limit_price = FarBelow, time_in_force = "gtc" });
        switch (number % 10)
        {
            case 0:
                await FilledAsync(await PlaceAsync(new { type = "market", side = "buy", qty = 10 }));
                await PlaceAsync(new { type = "market", side = "sell", qty = 4 });
                await PlaceAsync(new { type = "limit", side = "sell", qty = 3, limit_price = 100.5m, time_in_force = "gtc" });
                break;
            case 1:
                await FilledAsync(await PlaceAsync(new { type = "limit", side = "buy", qty = 7, limit_price = 100.5m, time_in_force = "gtc" }));
                await PlaceAsync(new
                {
                    type = "limit", side = "sell", qty = 7, time_in_force = "gtc", order_class = "oco",
                    take_profit = new { limit_price = 100.8m }, stop_loss = new { stop_price = 99.2m },
                });
                break;
            case 2:
                var waiting = await PlaceAsync(new { type = "limit", side = "buy", qty = 5, limit_price = 96m, time_in_force = "gtc" });
                await FilledAsync(await ReplaceAsync(waiting, new { qty = 6, limit_price = 100.6m }));
                await PlaceAsync(new { type = "market", side = "sell", qty = 6 });
                break;
            case 3:
                await PlaceAsync(new
                {
                    type = "market", side = "buy", qty = 4, order_class = "bracket",
                    take_profit = new { limit_price = 101.5m }, stop_loss = new { stop_price = 98.5m },
                });
                break;
            case 4:
                await FilledAsync(await PlaceAsync(new { type = "stop", side = "buy", qty = 3, stop_price = 100.2m, time_in_force = "gtc" }));
                await PlaceAsync(new { type = "trailing_stop", side = "sell", qty = 3, trail_price = 0.5m, time_in_force = "gtc" });
                break;
            case 5:
                await PlaceAsync(new { type = "market", side = "buy", qty = 6 });
                await PlaceAsync(new { type = "market", side = "sell", qty = 3 });
                await PlaceAsync(new { type = "stop_limit", side = "buy", qty = 2, stop_price = 100.4m, limit_price = 100.9m, time_in_force = "gtc" });
                break;
            case 6:
                await PlaceAsync(new { type = "market", side = "buy", qty = 2 });
                await PlaceAsync(new { type = "stop", side = "buy", qty = 3, stop_price = 100.6m, time_in_force = "gtc" });
                break;
            case 7:
                await FilledAsync(await PlaceAsync(new { type = "market", side = "buy", notional = 505 }));
                await PlaceAsync(new { type = "market", side = "sell", qty = 2.25m });
                await PlaceAsync(new { type = "limit", side = "sell", qty = 1, limit_price = 100.3m, time_in_force = "gtc" });
                break;
            case 8:
                await PlaceAsync(new { type = "limit", side = "buy", qty = 5, limit_price = 100.2m, time_in_force = "ioc" });
                await PlaceAsync(new { type = "limit", side = "buy", qty = 5, limit_price = 102m, time_in_force = "fok" });
                await CancelAsync(await PlaceAsync(new { type = "limit", side = "buy", qty = 2, limit_price = 98m, time_in_force = "gtc" }));
                break;
            default:
                await PlaceAsync(new { type = "market", side = "buy", qty = 2, order_class = "oto", time_in_force = "gtc", stop_loss = new { stop_price = 99.4m } });
                await PlaceAsync(new { type = "limit", side = "buy", qty = 3, limit_price = 99.6m, time_in_force = "gtc" });
                break;
        }
    }

    /// <summary>Takes back what may trade still and leaves the one that never will.</summary>
    public async Task GoHomeAsync()
    {
        foreach (var order in await ListAsync("open"))
        {
            if (order.GetProperty("id").GetGuid() != Resting)
            {
                await CancelAsync(order.GetProperty("id").GetGuid());
            }
        }
    }

    public async Task<List<JsonElement>> ListAsync(string status) =>
        [.. (await client.GetAsync($"/trade/orders?status={status}&limit=500")).EnumerateArray()];

    /// <summary>Units held, below zero when owed.</summary>
    public async Task<decimal> HeldAsync() =>
        (await client.GetAsync("/api/positions")).GetProperty("items").EnumerateArray().Sum(position => Figure(position, "quantity"));

    /// <summary>Everything in the account that is money.</summary>
    public async Task<decimal> CashAsync()
    {
        var portfolio = await client.GetAsync("/api/portfolio");
        return Figure(portfolio, "cash");
    }

    private static decimal Figure(JsonElement item, string name) => decimal.Parse(item.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private async Task<Guid> PlaceAsync(object order)
    {
        var body = JsonSerializer.SerializeToNode(order)!.AsObject();
        body["symbol"] = TradingVillage.Symbol;
        var answer = await AskAsync(HttpMethod.Post, "/trade/orders", body, HttpStatusCode.Created);
        return answer.GetProperty("id").GetGuid();
    }

    private async Task<Guid> ReplaceAsync(Guid id, object change) =>
        (await AskAsync(HttpMethod.Patch, $"/trade/orders/{id}", change, HttpStatusCode.OK)).GetProperty("id").GetGuid();

    private async Task CancelAsync(Guid id)
    {
        using var response = await client.SendAsync(HttpMethod.Delete, $"/trade/orders/{id}");
        if (response.StatusCode != HttpStatusCode.NoContent)
        {
            // Too late is no refusal: it has traded, or ended with the order it belonged to.
            var problem = await Client.ProblemOf(response, HttpStatusCode.UnprocessableEntity);
            Assert.Equal("order-is-over", problem.GetProperty("code").GetString());
        }
    }

    private Task<JsonElement> FilledAsync(Guid id) => Eventually.BecomesAsync(
        () => client.GetAsync($"/trade/orders/{id}"), order => !s_open.Contains(order.GetProperty("status").GetString()!));

    // None of what is asked for here has a reason to be refused that is the user's own.
    private async Task<JsonElement> AskAsync(HttpMethod method, string path, object body, HttpStatusCode expected)
    {
        using var response = await client.SendAsync(method, path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{method} {path} {JsonSerializer.Serialize(body)} was answered {(int)response.StatusCode}: {text}");
        return JsonElement.Parse(text);
    }
}
