using StratForge.Testing;

namespace StratForge.Schema.Tests;

/// <summary>What is written about every order of every session, and about every session again and again, touches no index.</summary>
public sealed class InPlaceTests(FreshDatabase database) : IClassFixture<FreshDatabase>
{
    // Several pages' worth, written together as a bar brings them that many sessions answer: no old row has made room for its successor yet.
    private const int Rows = 200;

    [Fact]
    public async Task What_became_of_a_signal_is_written_in_place()
    {
        var inPlace = await database.ValueAsync<long>($"""
            insert into signals (id, session_id, user_id, strategy_id, symbol, action, quantity, confidence, event_kind, event_seq, ordinal,
                                 generated_at, received_at, status, order_id)
            select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'SPY', 'BUY', 10, 0.5, 0, 1, 0, now(), now(),
                   'ACCEPTED', gen_random_uuid()
            from generate_series(1, {Rows});
            update signals set status = 'EXECUTED', processed_at = now();
            select pg_stat_get_xact_tuples_hot_updated('signals'::regclass)
            """);

        Assert.Equal(Rows, inPlace);
    }

    [Fact]
    public async Task How_far_a_session_has_come_is_written_in_place()
    {
        const string Id = "01a00000-0000-7000-8000-000000000001";
        await database.ExecuteAsync($"""
            insert into users (id, email, username, password_hash, created_at, updated_at) values ('{Id}', 'a@b', 'a', 'h', now(), now());
            insert into strategies (id, user_id, name, language, symbol, code, code_hash, created_at, updated_at)
            values ('{Id}', '{Id}', 's', 'python', 'SPY', '', '', now(), now());
            insert into strategy_versions (strategy_id, version, language, code, code_hash, created_at) values ('{Id}', 1, 'python', '', '', now())
            """);

        var inPlace = await database.ValueAsync<long>($"""
            insert into sessions (id, user_id, strategy_id, strategy_version, symbol, asset_class, status, created_at, told_status, processed_seq,
                                  processed_event_id, run_hash)
            select gen_random_uuid(), '{Id}', '{Id}', 1, 'SPY', 'stock', 'RUNNING', now(), 'RUNNING',
                   0, 0, repeat('0', 64)
            from generate_series(1, {Rows});
            update sessions set processed_seq = 1, processed_event_id = 1, processed_tick = 1, run_hash = repeat('1', 64);
            select pg_stat_get_xact_tuples_hot_updated('sessions'::regclass)
            """);

        Assert.Equal(Rows, inPlace);
    }
}
