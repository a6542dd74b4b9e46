using Npgsql;
using StratForge.Gateway.Sessions;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Sessions;

public sealed class HypotheticalBooksTests(FreshDatabase database) : IClassFixture<FreshDatabase>
{
    private const string Id = "01a00000-0000-7000-8000-000000000001";

    [Fact]
    public async Task Whoever_looks_for_recorded_signals_does_not_come_by_refused_ones_nor_by_those_on_other_symbols()
    {
        await database.ExecuteAsync($"""
            insert into users (id, email, username, password_hash, created_at, updated_at) values ('{Id}', 'a@b', 'a', 'h', now(), now());
            insert into strategies (id, user_id, name, language, symbol, code, code_hash, created_at, updated_at)
            values ('{Id}', '{Id}', 's', 'python', 'SPY', '', '', now(), now());
            insert into strategy_versions (strategy_id, version, language, code, code_hash, created_at) values ('{Id}', 1, 'python', '', '', now());
            insert into sessions (id, user_id, strategy_id, strategy_version, symbol, asset_class, status, created_at, told_status)
            values ('{Id}', '{Id}', '{Id}', 1, 'SPY', 'stock', 'RUNNING', now(), 'RUNNING');
            insert into signals (id, session_id, user_id, strategy_id, symbol, action, quantity, confidence, event_kind, event_seq, ordinal,
                                 generated_at, received_at, status, code, order_id)
            select gen_random_uuid(), '{Id}', '{Id}', '{Id}', case kind when 'OTHER' then 'AAPL' else 'SPY' end, 'BUY', 10, 0.5, 0, n, 0, now(),
                   now() + n * interval '1 ms', case kind when 'OTHER' then 'RECORDED' else kind end, case kind when 'REJECTED' then 'INSUFFICIENT_FUNDS' end,
                   case kind when 'EXECUTED' then gen_random_uuid() end
            from generate_series(1, 2000) as n, unnest(array['REJECTED', 'OTHER', 'EXECUTED']) as kind;
            analyze
            """);

        var plan = await PlanAsync();

        Assert.Contains("signals_recorded", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Rows Removed", plan, StringComparison.Ordinal);
    }

    private async Task<string> PlanAsync()
    {
        await using var command = database.DataSource.CreateCommand($"explain (analyze, costs off, timing off) {HypotheticalBooks.NextSignals}");
        command.Parameters.Add(new NpgsqlParameter { Value = DateTimeOffset.UnixEpoch });
        command.Parameters.Add(new NpgsqlParameter { Value = 500 });
        await using var rows = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await rows.ReadAsync())
        {
            lines.Add(rows.GetString(0));
        }

        return string.Join('\n', lines);
    }
}
