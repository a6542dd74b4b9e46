using Npgsql;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Sessions;

namespace StratForge.Gateway.Tests.Hosting;

/// <summary>Lists as files, of more rows than are read at once.</summary>
[Collection(OneGateway.Name)]
public sealed class ExportTests(GatewayFixture fixture)
{
    private const int Rows = (2 * Chunks.Rows) + 200;

    [Fact]
    public async Task A_reader_who_takes_his_time_holds_no_connection()
    {
        var session = await LoggedAsync(await fixture.Gateway.NewUserAsync());
        await using var one = NpgsqlDataSource.Create($"{fixture.Database.ConnectionString};Maximum Pool Size=1;Timeout=2");
        await using var reader = new SessionLogs(one).ReadAllAsync(session, new LogFilter(), CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());

        await using var other = one.CreateCommand("select 1");

        Assert.Equal(1, await other.ExecuteScalarAsync());
        Assert.True(await reader.MoveNextAsync());
    }

    [Fact]
    public async Task A_long_log_comes_whole_newest_first()
    {
        var user = await fixture.Gateway.NewUserAsync();
        var session = await LoggedAsync(user);

        var lines = (await user.Http.GetStringAsync($"/sessions/{session}/logs?format=csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(
            Enumerable.Range(1, Rows).Reverse().Select(n => $"line {n}"), lines.Skip(1).Select(line => line.Split(',')[^1]));
    }

    [Theory]
    [InlineData("CHNKA", "1m", "1 minute")]
    [InlineData("CHNKB", "4h", "4 hours")]
    [InlineData("CHNKC", "1d", "1 day")]
    public async Task A_long_history_comes_whole_oldest_first_whatever_the_clocks_do_meanwhile(string symbol, string timeframe, string step)
    {
        var user = await fixture.Gateway.NewUserAsync();
        await fixture.Database.ExecuteAsync("""
            insert into market_data (symbol, timeframe, time, open, high, low, close, volume)
            select $1, '1m', timestamptz '2020-01-02 14:30+00' + n * $2::interval, 100, 101, 99, 100, 10
            from generate_series(0, $3 - 1) as n
            """, symbol, step, Rows);
        var path = $"/api/market-data/candles?symbol={symbol}&timeframe={timeframe}";

        var file = (await user.Http.GetStringAsync($"{path}&format=csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var bars = (await user.GetAsync($"{path}&start=2020-01-01T00:00:00Z&limit=10000")).GetProperty("t").EnumerateArray().Select(at => at.GetInt64()).ToArray();

        Assert.True(bars.Length > 2 * Chunks.Rows);
        Assert.Equal(bars.Select(at => ApiJson.Spell(DateTimeOffset.FromUnixTimeSeconds(at))), file.Skip(1).Select(line => line.Split(',')[1]));
    }

    private async Task<Guid> LoggedAsync(Client user)
    {
        var session = await user.NewSessionAsync(await user.NewStrategyAsync());
        await fixture.Database.ExecuteAsync("""
            insert into session_logs (session_id, at, level, message) select $1, now(), 'info', 'line ' || n from generate_series(1, $2) as n order by n
            """, session, Rows);
        return session;
    }
}
