using System.Net;
using System.Text.Json;
using StratForge.Gateway.Tests.Reconciliation;

namespace StratForge.Gateway.Tests.Portfolio;

public sealed class StatementTests : IAsyncLifetime
{
    private TradingPlatform _platform = null!;
    private Client _user = null!;
    private Guid _sale;

    public async Task InitializeAsync()
    {
        _platform = await TradingPlatform.StartAsync(("USD", 1_000_000));
        _user = await _platform.Gateway.NewUserAsync();
        await _platform.TradeAsync(_user, "AAPL", "buy", 10, 100);
        _sale = await _platform.TradeAsync(_user, "AAPL", "sell", 4, 110);
        await _platform.TradeAsync(_user, "BTC/USD", "buy", 0.1m, 40_000);
        await _platform.TradeAsync(_user, "BTC/USD", "sell", 0.05m, 42_000);
    }

    public async Task DisposeAsync() => await _platform.DisposeAsync();

    [Fact]
    public async Task A_statement_adds_up_what_happened()
    {
        var statement = await _user.GetAsync("/api/statements");
        var balances = statement.GetProperty("balances").EnumerateArray()
            .ToDictionary(balance => $"{balance.GetProperty("kind").GetString()} {balance.GetProperty("asset").GetString()}", balance => balance.GetProperty("closing").GetString());
        var fees = statement.GetProperty("fees").EnumerateArray().ToDictionary(fee => fee.GetProperty("asset").GetString()!, fee => fee.GetProperty("amount").GetString());

        // 100,000 - 1,000 + 440 - 4,000 + 2,100 - 5.25.
        Assert.Equal("97534.75", balances["cash USD"]);
        Assert.Equal("6", balances["units AAPL"]);
        Assert.Equal("0.04975", balances["units BTC/USD"]);
        Assert.Equal("5.25", fees["USD"]);
        Assert.Equal("0.00025", fees["BTC/USD"]);
        Assert.Equal("100000", statement.GetProperty("deposits").GetString());
        Assert.Equal(4, statement.GetProperty("trades").GetInt32());
        // 40 of the shares; the coins cost 40,100.25… each with their fee, so 0.05 of them earned 2,094.75 - 2,005.01….
        Assert.StartsWith("129.7", statement.GetProperty("realisedPnl").GetString(), StringComparison.Ordinal);
        Assert.True(statement.GetProperty("check").GetProperty("matches").GetBoolean());
        var trade = statement.GetProperty("totals").EnumerateArray().Single(total =>
            total.GetProperty("reason").GetString() == "trade" && total.GetProperty("asset").GetString() == "AAPL");
        Assert.Equal(("10", "4", "0"), (trade.GetProperty("received").GetString(), trade.GetProperty("given").GetString(), trade.GetProperty("moved").GetString()));
    }

    [Fact]
    public async Task The_closing_of_one_time_is_the_opening_of_the_next()
    {
        var middle = await _platform.Database.ValueAsync<DateTime>("select max(booked_at) from ledger_entries where order_id = $1", _sale);
        var at = Uri.EscapeDataString(new DateTimeOffset(middle, TimeSpan.Zero).ToString("O"));

        var first = await _user.GetAsync($"/api/statements?to={at}");
        var second = await _user.GetAsync($"/api/statements?from={at}");

        Assert.Equal(Cash(first, "closing"), Cash(second, "opening"));
        Assert.Equal(4, first.GetProperty("trades").GetInt32() + second.GetProperty("trades").GetInt32());
        Assert.Equal("0", second.GetProperty("deposits").GetString());
    }

    [Fact]
    public async Task A_kept_balance_that_is_not_what_its_entries_sum_to_is_shown()
    {
        await _platform.Database.ExecuteAsync("update ledger_accounts set balance = balance + 0.01 where owner_id = $1 and kind = 'cash'", _user.Id);

        var check = (await _user.GetAsync("/api/statements")).GetProperty("check");

        Assert.False(check.GetProperty("matches").GetBoolean());
        var difference = Assert.Single(check.GetProperty("differences").EnumerateArray());
        Assert.Equal(("97534.76", "97534.75"), (difference.GetProperty("kept").GetString(), difference.GetProperty("derived").GetString()));
    }

    [Fact]
    public async Task A_statement_is_a_file_too()
    {
        using var file = await _user.SendAsync(HttpMethod.Get, "/api/statements?format=csv");
        var lines = (await file.Content.ReadAsStringAsync()).Split("\r\n");

        Assert.Equal("line,name,asset,opening,closing,entries,received,given,moved", lines[0]);
        Assert.Contains("balance,cash,USD,0,97534.75,,,,", lines);
        Assert.Contains("total,deposit,USD,,,1,100000,0,0", lines);
    }

    [Fact]
    public async Task The_ledger_is_filtered_by_asset_reason_time_and_order()
    {
        var ofOrder = await ListAsync($"orderId={_sale}");
        var fees = await ListAsync("reason=fee");
        var coins = await ListAsync("asset=BTC/USD");
        var middle = await _platform.Database.ValueAsync<DateTime>("select max(booked_at) from ledger_entries where order_id = $1", _sale);
        var at = Uri.EscapeDataString(new DateTimeOffset(middle, TimeSpan.Zero).ToString("O"));

        Assert.All(ofOrder, entry => Assert.Equal(_sale, entry.GetProperty("orderId").GetGuid()));
        Assert.Equal(["house:realised_pnl", "house:market", "units_reserved", "units"], ofOrder.Select(entry => entry.GetProperty("from").GetString()));
        Assert.Equal(2, fees.Count);
        Assert.All(coins, entry => Assert.Equal("BTC/USD", entry.GetProperty("asset").GetString()));
        Assert.Equal((await ListAsync("limit=200")).Count, (await ListAsync($"from={at}")).Count + (await ListAsync($"to={at}")).Count);
        Assert.Empty(await ListAsync($"to={at}&from=2001-01-01T00:00:00Z&reason=fee"));
        await _user.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "/api/ledger?reason=luck");
        using var file = await _user.SendAsync(HttpMethod.Get, "/api/ledger?reason=fee&format=csv");
        Assert.Equal(4, (await file.Content.ReadAsStringAsync()).Split("\r\n").Length);
    }

    private async Task<List<JsonElement>> ListAsync(string query) =>
        [.. (await _user.GetAsync($"/api/ledger?{query}")).GetProperty("items").EnumerateArray()];

    private static string? Cash(JsonElement statement, string when) => statement.GetProperty("balances").EnumerateArray()
        .Single(balance => balance.GetProperty("kind").GetString() == "cash").GetProperty(when).GetString();
}
