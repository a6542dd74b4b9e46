using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace StratForge.Gateway.Tests.SharedAccount;

/// <summary>Two gateways over one database, one bus and one exchange; the one that keeps the books dies in the middle.</summary>
[Collection(OneVillage.Name)]
public sealed class TwoGatewaysTests
{
    private const int Orders = 60;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task When_the_gateway_that_keeps_the_books_is_killed_the_other_goes_on_and_every_order_is_made_once()
    {
        await using var village = await TradingVillage.OpenAsync(requestsPerMinute: 0);
        await village.StartIngestorAsync();
        var leader = await village.StartGatewayAsync();
        await Eventually.BecomesAsync(village.LeaderAsync, address => address == Address(leader));
        var follower = await village.StartGatewayAsync();
        var admin = await village.NewAdminAsync(leader.Address);
        var user = await Client.RegisterAsync(leader.Address, "ada");
        // Whoever signed in at one is known at the other.
        var atFollower = Elsewhere(user, follower.Address);
        await TradingVillage.WaitForQuotesAsync(user);

        var first = await AskAsync(atFollower, "first");
        Assert.True((HttpStatusCode.Created, false) == (first.Status, first.WasStored), first.Text);
        Assert.Equal(Address(leader), await village.LeaderAsync());

        await CheckPagesAsync(user, follower.Address);

        var answers = new ConcurrentDictionary<int, string>();
        var half = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var trading = Parallel.ForEachAsync(
            Enumerable.Range(0, Orders), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (n, _) =>
            {
                // Half of them at either gateway; whoever is not answered asks the other with the same key.
                answers[n] = await AskUntilAnsweredAsync(n % 2 == 0 ? [user, atFollower] : [atFollower, user], $"order {n}");
                if (answers.Count >= Orders / 3)
                {
                    half.TrySetResult();
                }
            });
        await half.Task.WaitAsync(Patience);
        await leader.KillAsync();
        await trading;

        Assert.Equal(Address(follower), await village.LeaderAsync());
        var again = await AskAsync(atFollower, "first");
        Assert.Equal((HttpStatusCode.Created, true, first.Text), (again.Status, again.WasStored, again.Text));
        await Parallel.ForEachAsync(Enumerable.Range(0, Orders), async (n, _) =>
        {
            var repeated = await AskAsync(atFollower, $"order {n}");
            Assert.Equal((true, answers[n]), (repeated.WasStored, IdOf(repeated.Text)));
        });

        await CheckAsync(village, atFollower, Elsewhere(admin, follower.Address), [IdOf(first.Text), .. answers.Values]);
    }

    // A browser speaks to the one that does not keep the books.
    private static async Task CheckPagesAsync(Client user, Uri address)
    {
        var browser = new Client(address);
        using var login = await browser.PostAsync("/api/auth/login", new { email = user.Email, password = Client.Password });
        var cookie = Assert.Single(login.Headers.GetValues("Set-Cookie")).Split(';')[0];

        using var own = await CancelAllAsync(address.GetLeftPart(UriPartial.Authority));
        using var other = await CancelAllAsync("https://evil.example.org");

        Assert.True(own.IsSuccessStatusCode, await own.Content.ReadAsStringAsync());
        Assert.Equal("cross-site-request", (await Client.ProblemOf(other, HttpStatusCode.Forbidden)).GetProperty("code").GetString());

        Task<HttpResponseMessage> CancelAllAsync(string origin) => browser.SendAsync(
            HttpMethod.Delete, "/trade/orders", null, ("Cookie", cookie), ("Origin", origin), ("X-SF-Client", "dashboard"));
    }

    private static async Task CheckAsync(TradingVillage village, Client user, Client admin, string[] ids)
    {
        Assert.Equal(Orders + 1, ids.Distinct(StringComparer.Ordinal).Count());
        var orders = await Eventually.BecomesAsync(
            () => user.GetAsync("/trade/orders?status=all&limit=500"),
            list => list.EnumerateArray().All(order => order.GetProperty("status").GetString() == "filled"));
        Assert.Equal(ids.Order(StringComparer.Ordinal), orders.EnumerateArray().Select(order => order.GetProperty("id").GetString()!).Order(StringComparer.Ordinal));

        var held = (await user.GetAsync("/api/positions")).GetProperty("items").EnumerateArray().Sum(position => Figure(position, "quantity"));
        var atExchange = (await village.AskExchangeAsync("/v2/orders?status=all&limit=500")).EnumerateArray().ToArray();
        Assert.Equal(Orders + 1, held);
        Assert.Equal(Orders + 1, atExchange.Sum(order => Figure(order, "filled_qty")));
        Assert.Equal(
            atExchange.Length,
            await village.Database.ValueAsync<long>(
                "select count(*) from broker_orders where id = any ($1)", atExchange.Select(order => order.GetProperty("client_order_id").GetGuid()).ToArray()));
        var report = await admin.PostForAsync("/api/admin/reconciliation/check");
        Assert.All(report.GetProperty("assets").EnumerateArray(), asset => Assert.Equal("matches", asset.GetProperty("status").GetString()));
    }

    private static async Task<string> AskUntilAnsweredAsync(Client[] doors, string key)
    {
        var attempt = 0;
        var last = await Eventually.BecomesAsync(
            async () =>
            {
                try
                {
                    var answer = await AskAsync(doors[attempt++ % doors.Length], key);
                    // 200 for one that the dead had taken in without living to say so.
                    return (IsOrder: answer.Status is HttpStatusCode.Created or HttpStatusCode.OK, answer.Text);
                }
                catch (HttpRequestException exception)
                {
                    // That one is gone.
                    return (IsOrder: false, Text: exception.Message);
                }
            },
            answer => answer.IsOrder);
        return IdOf(last.Text);
    }

    private static async Task<(HttpStatusCode Status, bool WasStored, string Text)> AskAsync(Client client, string key)
    {
        using var response = await client.SendAsync(
            HttpMethod.Post, "/trade/orders", new { symbol = TradingVillage.Symbol, side = "buy", type = "market", qty = 1 }, ("Idempotency-Key", key));
        return (response.StatusCode, response.Headers.Contains("Idempotency-Replayed"), await response.Content.ReadAsStringAsync());
    }

    private static Client Elsewhere(Client client, Uri address)
    {
        var other = new Client(address) { Id = client.Id, Email = client.Email };
        other.Http.DefaultRequestHeaders.Authorization = client.Http.DefaultRequestHeaders.Authorization;
        return other;
    }

    private static string Address(ServiceProcess gateway) => gateway.Address.ToString().TrimEnd('/');

    private static string IdOf(string order) => JsonElement.Parse(order).GetProperty("id").GetString()!;

    private static decimal Figure(JsonElement item, string name) => decimal.Parse(item.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
