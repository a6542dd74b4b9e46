using StratForge.Testing;

namespace StratForge.Schema.Tests;

/// <summary>What is written about every order of every session, moments after it was recorded, touches no index.</summary>
public sealed class InPlaceTests(FreshDatabase database) : IClassFixture<FreshDatabase>
{
    // Several pages' worth, as a bar brings them that many sessions answer: none of them is old enough to give way to its successor.
    private const int Signals = 200;

    [Fact]
    public async Task What_became_of_a_signal_is_written_in_place()
    {
        var inPlace = await database.ValueAsync<long>($"""
            insert into signals (id, session_id, user_id, strategy_id, symbol, action, quantity, confidence, event_kind, event_seq, ordinal,
                                 generated_at, received_at, status, order_id)
            select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'SPY', 'BUY', 10, 0.5, 0, 1, 0, now(), now(),
                   'ACCEPTED', gen_random_uuid()
            from generate_series(1, {Signals});
            update signals set status = 'EXECUTED', processed_at = now();
            select pg_stat_get_xact_tuples_hot_updated('signals'::regclass)
            """);

        Assert.Equal(Signals, inPlace);
    }
}
