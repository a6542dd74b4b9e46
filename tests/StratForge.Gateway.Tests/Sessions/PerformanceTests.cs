using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Market;
using StratForge.Gateway.Sessions;
using StratForge.Gateway.Tests.Orders;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Sessions;

public sealed class PerformanceTests(FreshDatabase database, FreshRedis redis)
    : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>, IAsyncLifetime
{
    private static readonly DateTimeOffset Opening = DateTimeOffset.UnixEpoch.AddYears(54);

    private readonly TradedSessions _sessions = new(database, redis);
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await _sessions.StartAsync();

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task A_session_shows_what_it_earned_how_often_it_won_and_how_deep_it_fell()
    {
        var user = await _gateway.NewUserAsync();
        var session = await _sessions.RunningAsync(user, "AAPL");
        await TradeAsync(session, "AAPL", Side.Buy, 10, 100, 1);
        await TradeAsync(session, "AAPL", Side.Sell, 4, 103, 2);
        await TradeAsync(session, "AAPL", Side.Sell, 4, 98, 3);
        await TradedSessions.SignalAsync(_gateway, session, "AAPL", Side.Sell, 9, 4);
        foreach (var (minute, pnl) in new[] { (1, 20m), (2, -15m), (3, 7m), (4, -30m) })
        {
            await database.ExecuteAsync("insert into session_samples values ($1, $2, $3)", session, Opening.AddMinutes(minute), pnl);
        }

        Price("AAPL", 110);
        var shown = await user.GetAsync($"/sessions/{session}/performance");

        // 4 × 3 − 4 × 2 realised, 2 × 10 open.
        Assert.Equal(("4", "20", "24"), (Text(shown, "realisedPnl"), Text(shown, "unrealisedPnl"), Text(shown, "netPnl")));
        Assert.Equal((2, 1, 1, 0.5), (Number(shown, "closings"), Number(shown, "wins"), Number(shown, "losses"), shown.GetProperty("winRate").GetDouble()));
        Assert.Equal(("12", "-8", 1.5), (Text(shown, "averageWin"), Text(shown, "averageLoss"), shown.GetProperty("profitFactor").GetDouble()));
        Assert.Equal("50", Text(shown, "maxDrawdown"));
        Assert.Equal("1804", Text(shown, "turnover"));
        Assert.Equal(["20", "-15", "7", "-30", "24"], shown.GetProperty("pnl").EnumerateArray().Select(sample => Text(sample, "pnl")));
        Assert.Equal(["-15", "-30", "24"], (await user.GetAsync($"/sessions/{session}/performance?points=2")).GetProperty("pnl").EnumerateArray().Select(sample => Text(sample, "pnl")));
        var signals = shown.GetProperty("signals");
        Assert.Equal((4, 3, 0, 1), (Number(signals, "total"), Number(signals, "traded"), Number(signals, "recorded"), Number(signals, "refused")));
        Assert.Equal("INSUFFICIENT_QUANTITY", Text(signals.GetProperty("refusals")[0], "code"));
        Assert.Equal(JsonValueKind.Null, shown.GetProperty("hypothetical").ValueKind);
        Assert.StartsWith("at,pnl\r\n", await user.Http.GetStringAsync($"/sessions/{session}/performance?format=csv"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_active_session_is_sampled_at_the_last_prices()
    {
        var user = await _gateway.NewUserAsync();
        var session = await _sessions.RunningAsync(user, "MSFT");
        await TradeAsync(session, "MSFT", Side.Buy, 3, 100, 1);

        await using var connection = await database.DataSource.OpenConnectionAsync();
        foreach (var (minute, price) in new[] { (1, 101m), (2, 99.5m) })
        {
            await PerformanceStore.SampleAsync(connection, Opening.AddMinutes(minute), symbol => new LastPrice(symbol, price, Opening), CancellationToken.None);
        }

        Assert.Equal(3m, await SampleAsync(1));
        Assert.Equal(-1.5m, await SampleAsync(2));

        Task<decimal> SampleAsync(int minute) => database.ValueAsync<decimal>(
            "select pnl from session_samples where session_id = $1 and at = $2", session, Opening.AddMinutes(minute));
    }

    [Fact]
    public async Task Signals_that_only_observe_are_filled_by_the_bar_after_them_and_no_ledger_knows()
    {
        var user = await _gateway.NewUserAsync();
        var session = await _sessions.RunningAsync(user, "SPY", new { mode = "OBSERVE" });
        await BarsAsync("SPY", (1, 100m, 102m, 98m), (2, 105m, 106m, 104m), (3, 103m, 104m, 101m));
        await RecordAsync(session, "SPY", Side.Buy, 2, 1);
        await RecordAsync(session, "SPY", Side.Sell, 1, 2);
        await RecordAsync(session, "SPY", Side.Buy, 5, 3, limit: 100);
        await RecordAsync(session, "SPY", Side.Sell, 4, 9);

        await Eventually.BecomesAsync(
            () => database.ValueAsync<long>("select count(*) from hypothetical_fills where session_id = $1", session), count => count == 3);
        Price("SPY", 104);
        var shown = (await user.GetAsync($"/sessions/{session}/performance")).GetProperty("hypothetical");

        // Bought 2 at 100, sold 1 at 105; the limit at 100 was not reached; the last one's bar has not come.
        Assert.Equal(("5", "4", "9"), (Text(shown, "realisedPnl"), Text(shown, "unrealisedPnl"), Text(shown, "netPnl")));
        Assert.Equal((2, 1, 1, 1), (Number(shown, "fills"), Number(shown, "unfilled"), Number(shown, "waiting"), Number(shown, "wins")));
        Assert.Equal("100", Text(shown.GetProperty("position"), "averagePrice"));
        var signals = (await user.GetAsync($"/sessions/{session}/signals")).GetProperty("items").EnumerateArray().Reverse().ToArray();
        Assert.All(signals, signal => Assert.Equal("RECORDED", Text(signal, "status")));
        Assert.Equal(("105", "5"), (Text(signals[1].GetProperty("hypothetical"), "price"), Text(signals[1].GetProperty("hypothetical"), "realisedPnl")));
        Assert.Equal(JsonValueKind.Null, signals[2].GetProperty("hypothetical").GetProperty("price").ValueKind);
        Assert.Equal(JsonValueKind.Null, signals[3].GetProperty("hypothetical").ValueKind);
        Assert.Equal(0, await database.ValueAsync<long>("select count(*) from orders where session_id = $1", session));
        Assert.Equal("100000", (await user.GetAsync("/api/portfolio")).GetProperty("cash").GetString());

        await BarsAsync("SPY", (9, 108m, 109m, 107m));
        await Eventually.BecomesAsync(
            () => user.GetAsync($"/sessions/{session}/performance"), now => Text(now.GetProperty("hypothetical"), "realisedPnl") == "13");
    }

    [Fact]
    public async Task Signals_on_other_symbols_wait_for_no_bar()
    {
        var user = await _gateway.NewUserAsync();
        var session = await _sessions.RunningAsync(user, "BTC/USD", new { mode = "OBSERVE" });
        await database.ExecuteAsync("insert into session_symbols (session_id, place, symbol) values ($1, 1, 'AAPL')", session);
        await BarsAsync("BTC/USD", (1, 100m, 102m, 98m));
        await RecordAsync(session, "BTC/USD", Side.Buy, 2, 1);
        await RecordAsync(session, "AAPL", Side.Buy, 2, 2);

        var shown = await Eventually.BecomesAsync(
            () => user.GetAsync($"/sessions/{session}/performance"), now => now.GetProperty("hypothetical").GetProperty("fills").GetInt32() == 1);

        Assert.Equal(2, Number(shown.GetProperty("signals"), "recorded"));
        Assert.Equal(0, Number(shown.GetProperty("hypothetical"), "waiting"));
    }

    [Fact]
    public async Task A_book_beyond_all_measure_and_one_of_next_to_nothing_keep_no_other_waiting()
    {
        var user = await _gateway.NewUserAsync();
        var sessions = new Guid[3];
        foreach (var i in new[] { 0, 1, 2 })
        {
            sessions[i] = await _sessions.RunningAsync(user, "AAPL", new { mode = "OBSERVE" });
        }

        // One holds all that a decimal can, one what costs a hundred-millionth of a dollar.
        await BookAsync(sessions[0], decimal.MaxValue, decimal.MaxValue);
        await BookAsync(sessions[1], 0.00000002m, 0.00000001m);
        await RecordAsync(sessions[0], "AAPL", Side.Buy, 1_000_000_000, 100);
        await RecordAsync(sessions[1], "AAPL", Side.Sell, 0.000000019m, 100);
        await RecordAsync(sessions[2], "AAPL", Side.Buy, 2, 100);
        await BarsAsync("AAPL", (100, 0.5m, 0.5m, 0.5m));

        await Eventually.BecomesAsync(
            () => database.ValueAsync<long>("select count(*) from hypothetical_fills where session_id = any ($1)", sessions), count => count == 3);
        var filled = new List<(int Fills, int Unfilled)>();
        foreach (var session in sessions)
        {
            filled.Add((
                await database.ValueAsync<int>("select fills from hypothetical_books where session_id = $1", session),
                await database.ValueAsync<int>("select unfilled from hypothetical_books where session_id = $1", session)));
        }

        Assert.Equal([(0, 1), (1, 0), (1, 0)], filled);
        Assert.Equal(0, await database.ValueAsync<decimal>("select cost from hypothetical_books where session_id = $1", sessions[1]));

        Task BookAsync(Guid session, decimal quantity, decimal cost) => database.ExecuteAsync(
            """
            insert into hypothetical_books (session_id, symbol, quantity, cost, cash, fills, unfilled, wins, losses, received_at, signal_id)
            values ($1, 'AAPL', $2, $3, -$3, 0, 0, 0, 0, '-infinity', '00000000-0000-0000-0000-000000000000')
            """,
            session, quantity, cost);
    }

    [Fact]
    public async Task What_a_trading_session_only_records_does_not_touch_what_it_trades()
    {
        var user = await _gateway.NewUserAsync();
        var session = await _sessions.RunningAsync(user, "MSFT");
        await BarsAsync("MSFT", (1, 50m, 51m, 49m), (2, 60m, 61m, 59m));

        await RecordAsync(session, "MSFT", Side.Buy, 7, 1);
        await TradeAsync(session, "MSFT", Side.Buy, 1, 100, 2);
        var shown = await Eventually.BecomesAsync(
            () => user.GetAsync($"/sessions/{session}/performance"), now => now.GetProperty("hypothetical").GetProperty("fills").GetInt32() == 1);

        Assert.Equal(1, Number(shown, "fills"));
        Assert.Equal("7", Text(shown.GetProperty("hypothetical").GetProperty("position"), "quantity"));
        await _sessions.HoldsAsync(session, 1);
    }

    private async Task TradeAsync(Guid session, string symbol, Side side, decimal quantity, decimal price, long seq)
    {
        _sessions.Venue.FillsAt = price;
        var answer = await TradedSessions.SignalAsync(_gateway, session, symbol, side, quantity, seq);
        Assert.Equal("ACCEPTED", Text(answer, "status"));
        await Eventually.BecomesAsync(
            () => database.ValueAsync<string>("select status from orders where id = $1", answer.GetProperty("orderId").GetGuid()), status => status == "filled");
    }

    private async Task RecordAsync(Guid session, string symbol, Side side, decimal quantity, long seq, decimal? limit = null) =>
        Assert.Equal("RECORDED", Text(
            await TradedSessions.SignalAsync(_gateway, session, symbol, side, quantity, seq, limit, recordOnly: true), "status"));

    private async Task BarsAsync(string symbol, params (int Minute, decimal Open, decimal High, decimal Low)[] bars)
    {
        foreach (var (minute, open, high, low) in bars)
        {
            await database.ExecuteAsync(
                "insert into market_data (symbol, timeframe, time, open, high, low, close, volume) values ($1, '1m', $2, $3, $4, $5, $3, 1)",
                symbol, Opening.AddMinutes(minute), open, high, low);
        }
    }

    private void Price(string symbol, decimal price) =>
        _gateway.Services.GetRequiredService<LastPrices>().Note(new LastPrice(symbol, price, TimeProvider.System.GetUtcNow()));

    private static string? Text(JsonElement item, string field) => item.GetProperty(field).GetString();

    private static int Number(JsonElement item, string field) => item.GetProperty(field).GetInt32();
}
