using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StratForge.Contracts;
using StratForge.Contracts.Market;
using StratForge.Gateway.Market;
using StratForge.Gateway.Portfolio;

namespace StratForge.Gateway.Tests.Portfolio;

[Collection(OneGateway.Name)]
public sealed class PortfolioTests(GatewayFixture fixture)
{
    private static readonly DateTimeOffset Noon = new(2024, 3, 5, 12, 0, 0, TimeSpan.Zero);

    private RunningGateway Gateway => fixture.Gateway;

    private LastPrices Prices => Gateway.Services.GetRequiredService<LastPrices>();

    [Fact]
    public async Task A_position_is_worth_what_the_bus_said_last_and_without_a_price_what_it_cost()
    {
        var user = await Gateway.NewUserAsync();
        await HoldAsync(user, "QUOTED", 10, averagePrice: 100);
        await HoldAsync(user, "SILENT", 3, averagePrice: 50);
        await PublishAsync(Topics.Quotes("QUOTED"), JsonSerializer.SerializeToUtf8Bytes(
            new QuoteTick("QUOTED", 109.98m, 1, 110.03m, 1, Noon), ContractsJson.Default.QuoteTick));

        var portfolio = await Eventually.BecomesAsync(
            () => user.GetAsync("/api/portfolio"), portfolio => portfolio.GetProperty("unrealisedPnl").GetString() != "0");

        var positions = portfolio.GetProperty("positions").EnumerateArray().ToDictionary(p => p.GetProperty("symbol").GetString()!);
        Assert.Equal("110.005", positions["QUOTED"].GetProperty("lastPrice").GetString());
        Assert.Equal("1100.05", positions["QUOTED"].GetProperty("marketValue").GetString());
        Assert.Equal("100.05", positions["QUOTED"].GetProperty("unrealisedPnl").GetString());
        Assert.Equal(JsonValueKind.Null, positions["SILENT"].GetProperty("lastPrice").ValueKind);
        Assert.Equal("150", positions["SILENT"].GetProperty("marketValue").GetString());
        Assert.Equal("101250.05", portfolio.GetProperty("equity").GetString());
        Assert.Equal("101250.05", portfolio.GetProperty("equityHistory").EnumerateArray().Last().GetProperty("equity").GetString());
    }

    [Fact]
    public async Task A_bar_after_a_quote_moves_the_price_and_a_late_one_does_not()
    {
        var user = await Gateway.NewUserAsync();
        Prices.Note(new LastPrice("BARS", 10, Noon, 9, 11));

        Prices.Note(new LastPrice("BARS", 12, Noon.AddSeconds(1)));
        Prices.Note(new LastPrice("BARS", 8, Noon.AddSeconds(-1)));

        var quote = Assert.Single((await user.GetAsync("/api/market-data/quotes/latest?symbols=BARS")).GetProperty("items").EnumerateArray());
        Assert.Equal("12", quote.GetProperty("price").GetString());
        Assert.Equal("9", quote.GetProperty("bidPrice").GetString());
    }

    [Fact]
    public async Task A_held_symbol_that_nobody_streams_is_asked_of_the_broker()
    {
        var user = await Gateway.NewUserAsync();
        await HoldAsync(user, "IBM", 1, averagePrice: 190);
        var quiet = Gateway.Services.GetServices<IHostedService>().OfType<QuietPrices>().Single();

        await quiet.RefreshAsync(CancellationToken.None);

        var position = Assert.Single((await user.GetAsync("/api/positions")).GetProperty("items").EnumerateArray());
        Assert.Equal("200", position.GetProperty("lastPrice").GetString());
    }

    [Fact]
    public async Task The_day_is_counted_from_its_first_sample_and_samples_stay_as_they_were_taken()
    {
        var user = await Gateway.NewUserAsync();
        await HoldAsync(user, "DAYS", 10, averagePrice: 100);
        var sampler = Gateway.Services.GetServices<IHostedService>().OfType<EquitySampler>().Single();
        // Later than any other test's prices, so that this symbol is the market's clock.
        var yesterday = new DateTimeOffset(2031, 1, 1, 23, 0, 0, TimeSpan.Zero);
        foreach (var (price, at) in new[] { (100m, yesterday), (103m, yesterday.AddHours(2)), (104m, yesterday.AddHours(3)) })
        {
            Prices.Note(new LastPrice("DAYS", price, at));
            await using var connection = await fixture.Database.DataSource.OpenConnectionAsync();
            await sampler.SampleAsync(connection, CancellationToken.None);
        }

        Prices.Note(new LastPrice("DAYS", 109, yesterday.AddHours(4)));
        var portfolio = await user.GetAsync("/api/portfolio");

        Assert.Equal("60", portfolio.GetProperty("dayChange").GetString());
        Assert.Equal(
            ["101000", "101030", "101040", "101090"],
            portfolio.GetProperty("equityHistory").EnumerateArray().Select(sample => sample.GetProperty("equity").GetString()));
    }

    [Fact]
    public async Task A_long_history_is_cut_into_as_many_points_as_asked_for_each_the_last_of_its_part()
    {
        var user = await Gateway.NewUserAsync();
        await fixture.Database.ExecuteAsync("""
            insert into equity_samples (user_id, at, equity, cash)
            select $1, $2::timestamptz + make_interval(mins => i), 1000 + i, 1000 from generate_series(0, 999) as i
            """, user.Id, Noon);
        var path = $"/api/portfolio?from={Noon:yyyy-MM-ddTHH:mm:ssZ}&to={Noon.AddMinutes(1000):yyyy-MM-ddTHH:mm:ssZ}";

        var points = (await user.GetAsync($"{path}&points=10")).GetProperty("equityHistory").EnumerateArray().Select(point => point.GetProperty("equity").GetString());
        var whole = (await user.GetAsync($"{path}&points=2000")).GetProperty("equityHistory").GetArrayLength();
        using var file = await user.SendAsync(HttpMethod.Get, $"{path}&points=4&format=csv");

        Assert.Equal(["1099", "1199", "1299", "1399", "1499", "1599", "1699", "1799", "1899", "1999"], points);
        Assert.Equal(1000, whole);
        Assert.Equal(6, (await file.Content.ReadAsStringAsync()).Split("\r\n").Length);
        await user.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "/api/portfolio?points=1");
        await user.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "/api/portfolio?from=2024-01-02T00:00:00Z&to=2024-01-01T00:00:00Z");
    }

    [Fact]
    public async Task What_is_owed_counts_below_zero_and_the_cash_held_against_it_counts()
    {
        var user = await Gateway.NewUserAsync();
        await ShortAsync(user, "OWED", 10, price: 100, putUp: 500);
        await HoldAsync(user, "OWNED", 1, averagePrice: 40);
        Prices.Note(new LastPrice("OWED", 90, Noon));
        Prices.Note(new LastPrice("OWNED", 50, Noon));

        var portfolio = await user.GetAsync("/api/portfolio");
        var account = await user.GetAsync("/trade/account");
        var position = await user.GetAsync("/trade/positions/OWED");

        Assert.Equal("101000", portfolio.GetProperty("cash").GetString());
        Assert.Equal("1500", portfolio.GetProperty("margin").GetString());
        Assert.Equal("99500", portfolio.GetProperty("available").GetString());
        Assert.Equal("100150", portfolio.GetProperty("equity").GetString());
        Assert.Equal("110", portfolio.GetProperty("unrealisedPnl").GetString());
        Assert.Equal("-900", account.GetProperty("short_market_value").GetString());
        Assert.Equal("50", account.GetProperty("long_market_value").GetString());
        Assert.Equal("1550", account.GetProperty("initial_margin").GetString());
        Assert.Equal("99500", account.GetProperty("buying_power").GetString());
        Assert.False(account.GetProperty("shorting_enabled").GetBoolean());
        Assert.Equal("short", position.GetProperty("side").GetString());
        Assert.Equal("-10", position.GetProperty("qty").GetString());
        Assert.Equal("-6", position.GetProperty("qty_available").GetString());
        Assert.Equal("-900", position.GetProperty("market_value").GetString());
        Assert.Equal("100", position.GetProperty("unrealized_pl").GetString());
    }

    [Fact]
    public async Task A_sample_counts_the_cash_held_against_what_is_owed()
    {
        var user = await Gateway.NewUserAsync();
        await ShortAsync(user, "SAMPLED", 10, price: 100, putUp: 500);
        // Later than any other test's prices, so that this symbol is the market's clock.
        var at = new DateTimeOffset(2032, 1, 1, 12, 0, 0, TimeSpan.Zero);
        Prices.Note(new LastPrice("SAMPLED", 100, at));
        await using var connection = await fixture.Database.DataSource.OpenConnectionAsync();

        await Gateway.Services.GetServices<IHostedService>().OfType<EquitySampler>().Single().SampleAsync(connection, CancellationToken.None);

        Assert.Equal(100_000, await fixture.Database.ValueAsync<decimal>("select equity from equity_samples where user_id = $1 and at = $2", user.Id, at));
    }

    [Theory]
    [InlineData("ETHUSD")]
    [InlineData("ETH/USD")]
    [InlineData("ETH%2FUSD")]
    public async Task A_position_is_found_however_its_pair_is_spelled(string spelled)
    {
        var user = await Gateway.NewUserAsync();
        await HoldAsync(user, "ETH/USD", 2, averagePrice: 2000);

        Assert.Equal("2", (await user.GetAsync($"/trade/positions/{spelled}")).GetProperty("qty").GetString());
    }

    [Fact]
    public async Task A_position_that_is_not_held_is_not_found()
    {
        var user = await Gateway.NewUserAsync();

        var problem = await user.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, "/trade/positions/AAPL");

        Assert.Equal("unknown-position", problem.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Alpacas_view_adds_up_the_sessions_of_one_symbol()
    {
        var user = await Gateway.NewUserAsync();
        var session = await user.NewSessionAsync(await user.NewStrategyAsync());
        await HoldAsync(user, "ETH/USD", 1, averagePrice: 2000);
        await HoldAsync(user, "ETH/USD", 3, averagePrice: 2400, session);
        Prices.Note(new LastPrice("ETH/USD", 2500, Noon));

        var position = Assert.Single((await user.GetAsync("/trade/positions")).EnumerateArray());
        var account = await user.GetAsync("/trade/account");

        Assert.Equal("ETHUSD", position.GetProperty("symbol").GetString());
        Assert.Equal("4", position.GetProperty("qty").GetString());
        Assert.Equal("2300", position.GetProperty("avg_entry_price").GetString());
        Assert.Equal("800", position.GetProperty("unrealized_pl").GetString());
        Assert.Equal("110000", account.GetProperty("equity").GetString());
        Assert.Equal("100000", account.GetProperty("buying_power").GetString());
    }

    [Fact]
    public async Task A_history_is_read_page_by_page_even_where_all_of_it_happened_at_one_instant()
    {
        var user = await Gateway.NewUserAsync();
        var session = await user.NewSessionAsync(await user.NewStrategyAsync());
        for (var i = 0; i < 5; i++)
        {
            await TradeAsync(user, session, "SPY", Noon);
        }

        await TradeAsync(user, null, "AAPL", Noon.AddDays(1));

        var all = await user.ListAsync("/api/trades");
        var ofSession = await user.ListAsync($"/sessions/{session}/trades");
        var ofSymbol = (await user.GetAsync("/api/trades?symbol=AAPL")).GetProperty("items");

        Assert.Equal(6, all.Select(trade => trade.GetProperty("id").GetGuid()).Distinct().Count());
        Assert.Equal("AAPL", all[0].GetProperty("symbol").GetString());
        Assert.Equal(5, ofSession.Count);
        Assert.Single(ofSymbol.EnumerateArray());
    }

    [Theory]
    [InlineData("/api/trades?format=csv", null)]
    [InlineData("/api/trades", "text/csv")]
    public async Task A_file_holds_the_whole_history(string path, string? accept)
    {
        var user = await Gateway.NewUserAsync();
        await TradeAsync(user, null, "SPY", Noon);

        using var response = await user.SendAsync(HttpMethod.Get, path, null, accept is null ? [] : [("Accept", accept)]);
        var lines = (await response.Content.ReadAsStringAsync()).Split("\r\n");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/csv", response.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("executedAt,symbol,action,quantity,price", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("2024-03-05T12:00:00Z,SPY,BUY,2,10.5,0,USD,-21,0", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_runs_nothing_in_a_spreadsheet()
    {
        var user = await Gateway.NewUserAsync();
        var session = await user.NewSessionAsync(await user.NewStrategyAsync());
        await fixture.Database.ExecuteAsync("""
            insert into signals (id, session_id, user_id, strategy_id, symbol, action, quantity, confidence, metadata, event_kind, event_seq,
                                 ordinal, generated_at, received_at, status, code, detail)
            select $1, id, user_id, strategy_id, symbol, 'BUY', 1, 0.5, '{"why": "a, \"b\""}', 1, 1, 0, now(), now(), 'REJECTED',
                   'NO_PRICE', '=HYPERLINK("http://evil")'
            from sessions where id = $2
            """, Guid.CreateVersion7(Noon), session);

        using var response = await user.SendAsync(HttpMethod.Get, "/api/signals?format=csv");
        var row = (await response.Content.ReadAsStringAsync()).Split("\r\n")[1];

        Assert.Contains("REJECTED,NO_PRICE,\"'=HYPERLINK(\"\"http://evil\"\")\"", row, StringComparison.Ordinal);
        Assert.Contains("\"{\"\"why\"\": \"\"a, \\\"\"b\\\"\"\"\"}\"", row, StringComparison.Ordinal);
        var signal = Assert.Single((await user.GetAsync($"/sessions/{session}/signals")).GetProperty("items").EnumerateArray());
        Assert.Equal("a, \"b\"", signal.GetProperty("metadata").GetProperty("why").GetString());
    }

    private Task PublishAsync(string channel, byte[] message) =>
        fixture.Redis.Connection.GetSubscriber().PublishAsync(
            new StackExchange.Redis.RedisChannel(channel, StackExchange.Redis.RedisChannel.PatternMode.Literal), message);

    private Task HoldAsync(Client user, string symbol, decimal quantity, decimal averagePrice, Guid? session = null) =>
        fixture.Database.ExecuteAsync("""
            insert into positions (user_id, session_id, symbol, quantity, average_price, updated_at) values ($1, $2, $3, $4, $5, now())
            """, user.Id, session, symbol, quantity, averagePrice);

    // A short sale as settlement leaves it, with four of its units promised to an order that buys them back.
    private async Task ShortAsync(Client user, string symbol, decimal quantity, decimal price, decimal putUp)
    {
        var margin = (quantity * price) + putUp;
        await fixture.Database.ExecuteAsync("""
            insert into positions (user_id, symbol, quantity, average_price, reserved, margin, updated_at) values ($1, $2, $3, $4, 4, $5, now())
            """, user.Id, symbol, -quantity, price, margin);
        await fixture.Database.ExecuteAsync("insert into ledger_accounts (owner_id, kind, asset, balance) values ($1, 'margin', 'USD', $2)", user.Id, margin);
        await fixture.Database.ExecuteAsync("update ledger_accounts set balance = balance - $2 where owner_id = $1 and kind = 'cash'", user.Id, putUp);
    }

    // A filled order and its one execution, as settlement leaves them.
    private async Task TradeAsync(Client user, Guid? session, string symbol, DateTimeOffset at)
    {
        var id = Guid.CreateVersion7(at);
        await fixture.Database.ExecuteAsync("""
            insert into orders (id, user_id, session_id, symbol, asset_class, side, effect, type, time_in_force, quantity, status, filled_quantity,
                                average_fill_price, created_at, updated_at, filled_at)
            values ($1, $2, $3, $4, 'stock', 'buy', 'open', 'market', 'day', 2, 'filled', 2, 10.5, $5, $5, $5)
            """, id, user.Id, session, symbol, at);
        await fixture.Database.ExecuteAsync("""
            insert into trades (id, execution_id, order_id, user_id, session_id, symbol, action, quantity, price, cash_amount, executed_at,
                                received_at)
            values ($1, $1, $1, $2, $3, $4, 'BUY', 2, 10.5, -21, $5, $5)
            """, id, user.Id, session, symbol, at);
    }
}
