using System.Net;
using System.Text.Json;

namespace StratForge.SimulatedExchange.Tests.Accounts;

public sealed class WatchlistTests
{
    private static Task<Answer> Post(RunningExchange exchange, string path, object body) =>
        exchange.SendAsync(HttpMethod.Post, path, JsonSerializer.Serialize(body));

    private static IEnumerable<string?> Symbols(Answer list) => list["assets"].EnumerateArray().Select(asset => asset.GetProperty("symbol").GetString());

    [Fact]
    public async Task A_list_is_made_filled_renamed_and_dropped()
    {
        await using var exchange = await RunningExchange.StartAsync();

        var made = await Post(exchange, "/v2/watchlists", new { name = "mine", symbols = new[] { "AAPL", "BTCUSD", "AAPL" } });
        var id = made["id"].GetString();

        Assert.Equal(HttpStatusCode.OK, made.Status);
        Assert.Equal(["AAPL", "BTC/USD"], Symbols(made));
        Assert.Equal((await exchange.GetAsync("/v2/account"))["id"].GetString(), made["account_id"].GetString());
        Assert.Equal(["AAPL", "BTC/USD", "SPY"], Symbols(await Post(exchange, "/v2/watchlists:by_name?name=mine", new { symbol = "SPY" })));
        Assert.Equal(["AAPL", "SPY"], Symbols(await exchange.DeleteAsync($"/v2/watchlists/{id}/BTC%2FUSD")));
        var renamed = await exchange.SendAsync(HttpMethod.Put, $"/v2/watchlists/{id}", """{"name":"ours","symbols":["MSFT"]}""");
        Assert.Equal(("ours", "MSFT"), (renamed["name"].GetString(), Assert.Single(Symbols(renamed))));
        Assert.Equal(["MSFT"], Symbols(await exchange.SendAsync(HttpMethod.Patch, $"/v2/watchlists/{id}", """{"name":"all ours"}""")));
        var listed = Assert.Single((await exchange.GetAsync("/v2/watchlists")).Body.EnumerateArray());
        Assert.False(listed.TryGetProperty("assets", out _));
        Assert.Equal(HttpStatusCode.NoContent, (await exchange.DeleteAsync("/v2/watchlists:by_name?name=all%20ours")).Status);
        Assert.Equal("[]", (await exchange.GetAsync("/v2/watchlists")).Text);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_in_Alpacas_words()
    {
        await using var exchange = await RunningExchange.StartAsync();
        await Post(exchange, "/v2/watchlists", new { name = "mine" });
        var unknown = Guid.CreateVersion7(exchange.Clock.GetUtcNow());

        Assert.Equal((422, 40010001, "watchlist name must be unique"), Refused(await Post(exchange, "/v2/watchlists", new { name = "mine" })));
        Assert.Equal((422, 40010001, "name must be no more than 64 characters"), Refused(await Post(exchange, "/v2/watchlists", new { name = new string('x', 65) })));
        Assert.Equal((404, 40410000, "asset not found for ZZZ"), Refused(await Post(exchange, "/v2/watchlists", new { name = "other", symbols = new[] { "ZZZ" } })));
        Assert.Equal((404, 40410000, $"watchlist not found: {unknown}"), Refused(await exchange.GetAsync($"/v2/watchlists/{unknown}")));
        Assert.Equal((404, 40410000, "watchlist not found: none"), Refused(await exchange.GetAsync("/v2/watchlists:by_name?name=none")));
        Assert.Equal((422, 40010001, "watchlist is required"), Refused(await exchange.GetAsync("/v2/watchlists/none")));

        static (int, int, string) Refused(Answer answer) => ((int)answer.Status, answer.Code, answer.Message);
    }

    [Fact]
    public async Task Lists_survive_a_restart()
    {
        using var folder = new TemporaryFolder();
        await using (var before = await RunningExchange.StartAsync(("DataDirectory", folder.Path)))
        {
            await Post(before, "/v2/watchlists", new { name = "kept", symbols = new[] { "SPY" } });
            await Post(before, "/v2/watchlists", new { name = "dropped" });
            await before.DeleteAsync("/v2/watchlists:by_name?name=dropped");
        }

        // Twice: the first start reads the journal, the second the snapshot that the first has made of it.
        for (var start = 0; start < 2; start++)
        {
            await using var after = await RunningExchange.StartAsync(("DataDirectory", folder.Path));
            var kept = Assert.Single((await after.GetAsync("/v2/watchlists")).Body.EnumerateArray());
            Assert.Equal("kept", kept.GetProperty("name").GetString());
            Assert.Equal(["SPY"], Symbols(await after.GetAsync("/v2/watchlists:by_name?name=kept")));
        }
    }
}
