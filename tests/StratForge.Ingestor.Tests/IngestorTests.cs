using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using StratForge.Alpaca;
using StratForge.Contracts.Market;
using StratForge.Ingestor.Tests.Venues;
using StratForge.Testing;

namespace StratForge.Ingestor.Tests;

/// <summary>The service with a real Postgres and Redis, against a venue whose every word is the test's.</summary>
public sealed class IngestorTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>, IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2013, 10, 4, 12, 0, 0, TimeSpan.Zero);

    private readonly List<IHost> _instances = [];
    private int _minutes;
    private ScriptedVenue _venue = null!;
    private Bus _bus = null!;

    public async Task InitializeAsync()
    {
        await database.ExecuteAsync("truncate market_data, market_data_live, trading_status, sessions, orders cascade");
        await redis.Connection.GetDatabase().KeyDeleteAsync(["active_subscriptions:stock", "active_subscriptions:crypto"]);
        _venue = await ScriptedVenue.OpenAsync();
        _bus = await Bus.ListenAsync(await redis.ConnectAsync());
    }

    public async Task DisposeAsync()
    {
        foreach (var instance in _instances)
        {
            await instance.EndAsync();
        }

        await _bus.DisposeAsync();
        await _venue.DisposeAsync();
    }

    [Fact]
    public async Task A_symbol_never_seen_gets_its_recent_bars_as_history_and_numbers_from_the_next_one_on()
    {
        _venue.Remember("SPY", Enumerable.Range(-600, 600).Select(static minute => ScriptedVenue.BarAt(Noon.AddMinutes(minute))));
        await StartAsync(("SYMBOLS", "SPY"));
        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("SPY");

        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon, 168.25m));

        var bar = await _bus.NextBarAsync();
        Assert.Equal(new BarMessage("SPY", "1m", 168.25m, 168.75m, 167.75m, 168.25m, 100, Noon, Seq: 1), bar with { Traceparent = null });
        Assert.Equal(500, await CountAsync("seq is null"));
        Assert.Equal(1, await CountAsync("seq = 1"));
        Assert.Equal("/v2/iex", stream.Path);
    }

    [Fact]
    public async Task What_is_on_the_bus_is_in_the_table()
    {
        await StartAsync(("SYMBOLS", "SPY"));
        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("SPY");

        for (var minute = 0; minute < 20; minute++)
        {
            await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(minute)));
            var bar = await _bus.NextBarAsync();
            Assert.Equal(minute + 1, bar.Seq);
            Assert.Equal(bar.Timestamp.UtcDateTime, await database.ValueAsync<DateTime>(
                "select time from market_data where symbol = 'SPY' and seq = $1", bar.Seq));
        }
    }

    [Fact]
    public async Task A_bar_that_comes_twice_is_stored_and_published_once()
    {
        await StartAsync(("SYMBOLS", "SPY"));
        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("SPY");

        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon), ScriptedVenue.BarAt(Noon));
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon));
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(1)));

        Assert.Equal((Noon, 1L), Place(await _bus.NextBarAsync()));
        Assert.Equal((Noon.AddMinutes(1), 2L), Place(await _bus.NextBarAsync()));
        Assert.Equal(2, await CountAsync("seq is not null"));
    }

    [Fact]
    public async Task Minutes_the_stream_left_out_are_asked_for_once_and_those_the_venue_does_not_have_never_were()
    {
        await StartAsync(("SYMBOLS", "SPY"));
        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("SPY");
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon));
        Assert.Equal((Noon, 1L), Place(await _bus.NextBarAsync()));
        _venue.Asked.Clear();

        _venue.Remember("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(2)));
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(5)));
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(6)));

        Assert.Equal((Noon.AddMinutes(2), 2L), Place(await _bus.NextBarAsync()));
        Assert.Equal((Noon.AddMinutes(5), 3L), Place(await _bus.NextBarAsync()));
        Assert.Equal((Noon.AddMinutes(6), 4L), Place(await _bus.NextBarAsync()));
        Assert.Equal(["SPY 12:01..12:04"], _venue.Asked);
    }

    [Fact]
    public async Task While_the_venues_history_does_not_answer_bars_wait_and_then_come_in_order()
    {
        await StartAsync(("SYMBOLS", "SPY"));
        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("SPY");
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon));
        await _bus.NextBarAsync();

        _venue.Remember("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(1)));
        _venue.Troubles.Enqueue(503);
        _venue.Troubles.Enqueue(429);
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(2)));
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(3)));

        for (var minute = 1; minute <= 3; minute++)
        {
            Assert.Equal((Noon.AddMinutes(minute), minute + 1L), Place(await _bus.NextBarAsync()));
        }

        Assert.Empty(_venue.Troubles);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_said_while_the_stream_was_lost_is_asked_for_and_nothing_comes_twice(bool followed)
    {
        await StartAsync(("SYMBOLS", "SPY"));
        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("SPY");
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon));
        await _bus.NextBarAsync();
        if (followed)
        {
            await FollowAsync("SPY", firstSeq: 1);
        }

        _venue.Remember("SPY", Enumerable.Range(0, 4).Select(static minute => ScriptedVenue.BarAt(Noon.AddMinutes(minute))));
        _venue.Now = Noon.AddMinutes(3);
        stream.Vanish();
        stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("SPY");
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(2)), ScriptedVenue.BarAt(Noon.AddMinutes(3)), ScriptedVenue.BarAt(Noon.AddMinutes(4)));

        for (var minute = 1; minute <= 4; minute++)
        {
            Assert.Equal((Noon.AddMinutes(minute), minute + 1L), Place(await _bus.NextBarAsync()));
        }
    }

    [Fact]
    public async Task After_an_outage_of_ours_a_session_in_the_middle_of_a_symbol_gets_every_bar_it_missed()
    {
        await RunUntilAsync(Noon);
        await FollowAsync("SPY", firstSeq: 1);
        _venue.Remember("SPY", Enumerable.Range(0, 11).Select(static minute => ScriptedVenue.BarAt(Noon.AddMinutes(minute))));
        _venue.Now = Noon.AddMinutes(11);

        await StartAsync(("SYMBOLS", "SPY"));

        for (var minute = 1; minute <= 10; minute++)
        {
            Assert.Equal((Noon.AddMinutes(minute), minute + 1L), Place(await _bus.NextBarAsync()));
        }
    }

    [Fact]
    public async Task After_an_outage_nobody_followed_the_missed_bars_are_history_and_the_numbers_go_on_without_a_gap()
    {
        await RunUntilAsync(Noon);
        _venue.Remember("SPY", Enumerable.Range(0, 11).Select(static minute => ScriptedVenue.BarAt(Noon.AddMinutes(minute))));
        _venue.Now = Noon.AddMinutes(11);

        await StartAsync(("SYMBOLS", "SPY"));
        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("SPY");
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(11)));

        Assert.Equal((Noon.AddMinutes(11), 2L), Place(await _bus.NextBarAsync()));
        Assert.Equal(10, await CountAsync("seq is null"));
    }

    [Fact]
    public async Task Bars_that_cannot_be_true_never_reach_table_or_bus()
    {
        await StartAsync(("SYMBOLS", "SPY"));
        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("SPY");
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon));
        Assert.Equal((Noon, 1L), Place(await _bus.NextBarAsync()));

        var next = ScriptedVenue.BarAt(Noon.AddMinutes(1));
        await stream.StreamAsync("SPY", next with { Low = -3 });
        await stream.StreamAsync("SPY", next with { High = 1 });
        await stream.StreamAsync("SPY", next with { Volume = -1 });
        await stream.StreamAsync("SPY", next);
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(-30)));
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon.AddYears(80)));
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(2)));
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(3)));

        for (var minute = 1; minute <= 3; minute++)
        {
            Assert.Equal((Noon.AddMinutes(minute), minute + 1L), Place(await _bus.NextBarAsync()));
        }

        Assert.Equal(0, await CountAsync("time > '2014-01-01' or low < 0"));
    }

    [Fact]
    public async Task What_is_no_json_costs_itself_and_not_the_connection_and_a_bar_in_it_is_asked_for()
    {
        var quarantined = 0L;
        using var meter = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Name == "stratforge.ingestor.quarantined")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meter.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref quarantined, count));
        meter.Start();
        await StartAsync(("SYMBOLS", "SPY"));
        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("SPY");
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon));
        Assert.Equal((Noon, 1L), Place(await _bus.NextBarAsync()));

        _venue.Remember("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(1)));
        await stream.SayAsync($$"""
            [{"T":"b","S":"SPY","t":"2013-10-04T12:01:00Z","o":NaN,"h":1,"l":1,"c":1,"v":1},{"T":"b","S":"SPY",{{VenueEnd.Fields(ScriptedVenue.BarAt(Noon.AddMinutes(2)))}}}]
            """);
        await stream.SayAsync("no frame at all");
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(3)));

        for (var minute = 1; minute <= 3; minute++)
        {
            Assert.Equal((Noon.AddMinutes(minute), minute + 1L), Place(await _bus.NextBarAsync()));
        }

        Assert.Equal(2, Interlocked.Read(ref quarantined));
    }

    [Fact]
    public async Task Bars_that_the_feed_keeps_to_itself_are_asked_for_while_the_market_trades_and_not_while_it_is_closed()
    {
        await StartAsync(("SYMBOLS", "SPY"), ("Ingestor:SilentAfter", "00:00:00.400"));
        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("SPY");
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon));
        Assert.Equal((Noon, 1L), Place(await _bus.NextBarAsync()));

        _venue.Now = Noon.AddDays(1);
        _venue.Asked.Clear();
        await HealthBecomesAsync("open", false);
        Assert.Empty(_venue.Asked);

        _venue.Remember("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(1)));
        _venue.Now = Noon.AddMinutes(2);

        Assert.Equal((Noon.AddMinutes(1), 2L), Place(await _bus.NextBarAsync()));
        await HealthBecomesAsync("silent", 1);
    }

    [Fact]
    public async Task A_halt_that_a_leader_before_left_behind_of_a_symbol_nobody_follows_is_forgotten()
    {
        await database.ExecuteAsync("insert into trading_status values ('SPY', 'halted', '', 'T1', now()), ('GONE', 'halted', '', 'T1', now())");

        await StartAsync(("SYMBOLS", "SPY"));
        await (await _venue.AcceptAsync()).SubscribedToAsync("SPY");

        Assert.Equal("SPY", await database.ValueAsync<string>("select string_agg(symbol, ',') from trading_status"));
    }

    [Fact]
    public async Task A_halt_is_stored_and_told_once_and_forgotten_with_its_symbol()
    {
        await StartAsync();
        await _bus.ChangeAsync(SubscriptionUpdate.Subscribe, "SPY");
        await _bus.ChangeAsync(SubscriptionUpdate.Subscribe, "AAPL");
        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("AAPL", "SPY");

        await stream.SayAsync("""
            [{"T":"s","S":"SPY","sc":"H","sm":"Trading Halt","rc":"T1","rm":"Halt News Pending","t":"2013-10-04T12:00:00Z","z":"C"},
             {"T":"s","S":"SPY","sc":"E","sm":"Short Sale Restriction","rc":"","rm":"","t":"2013-10-04T12:00:01Z","z":"A"}]
            """);
        await stream.SayAsync("""[{"T":"s","S":"SPY","sc":"T","sm":"Trading","rc":"","rm":"","t":"2013-10-04T11:00:00Z","z":"C"}]""");
        await stream.SayAsync("""[{"T":"s","S":"AAPL","sc":"P","sm":"Volatility Pause","rc":"LUDP","rm":"Volatility","t":"2013-10-04T12:00:02Z","z":"C"}]""");

        var halt = await _bus.NextTickAsync();
        Assert.Equal("market_status:SPY", halt.Channel);
        Assert.Equal("""{"symbol":"SPY","state":"halted","reason":"Halt News Pending","reasonCode":"T1","timestamp":"2013-10-04T12:00:00+00:00"}""", halt.Message);
        Assert.Equal("market_status:AAPL", (await _bus.NextTickAsync()).Channel);
        Assert.Equal("halted", await database.ValueAsync<string>("select state from trading_status where symbol = 'SPY'"));

        await _bus.ChangeAsync(SubscriptionUpdate.Unsubscribe, "SPY");
        await stream.SubscribedToAsync("AAPL");
        Assert.Equal("AAPL", await database.ValueAsync<string>("select string_agg(symbol, ',') from trading_status"));
    }

    [Fact]
    public async Task Symbols_come_and_go_with_the_sets_and_a_feed_without_symbols_has_no_connection()
    {
        await StartAsync();

        await _bus.ChangeAsync(SubscriptionUpdate.Subscribe, "BTC/USD");
        var crypto = await _venue.AcceptAsync();
        Assert.Equal("/v1beta3/crypto/us", crypto.Path);
        await crypto.SubscribedToAsync("BTC/USD");

        await _bus.ChangeAsync(SubscriptionUpdate.Subscribe, "ETH/USD");
        await crypto.SubscribedToAsync("BTC/USD", "ETH/USD");
        await crypto.StreamAsync("ETH/USD", ScriptedVenue.BarAt(Noon, 2500.125m));
        Assert.Equal(("ETH/USD", 2500.125m), await _bus.NextBarAsync() is var bar ? (bar.Symbol, bar.Close) : default);

        await _bus.ChangeAsync(SubscriptionUpdate.Unsubscribe, "BTC/USD");
        await crypto.SubscribedToAsync("ETH/USD");
        await _bus.ChangeAsync(SubscriptionUpdate.Unsubscribe, "ETH/USD");
        await crypto.LeftAsync();
    }

    [Fact]
    public async Task The_symbols_of_an_open_session_are_followed_though_the_bus_forgot_them()
    {
        await FollowAsync("SPY", firstSeq: null);
        await database.ExecuteAsync("""
            insert into session_symbols (session_id, place, symbol)
            select id, further.place, further.symbol from sessions, (values (1, 'QQQ')) as further (place, symbol)
            where sessions.symbol = 'SPY' and ended_at is null
            """);

        await StartAsync();

        await (await _venue.AcceptAsync()).SubscribedToAsync("QQQ", "SPY");
    }

    [Fact]
    public async Task Trades_and_quotes_go_straight_to_the_bus_and_half_a_quote_does_not()
    {
        await StartAsync(("CRYPTO_SYMBOLS", "BTC/USD"));
        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("BTC/USD");

        await stream.SayAsync("""
            [{"T":"q","S":"BTC/USD","bp":0,"bs":0,"ap":83415.9,"as":0.31,"t":"2026-10-08T15:30:00.5Z"},
             {"T":"t","S":"DOGE/USD","p":1,"s":1,"t":"2026-10-08T15:30:00.5Z","i":1,"tks":"B"},
             {"T":"q","S":"BTC/USD","bp":83410.1,"bs":0.52,"ap":83415.9,"as":0.31,"t":"2026-10-08T15:30:00.5Z"},
             {"T":"t","S":"BTC/USD","p":83412.55,"s":0.0041,"t":"2026-10-08T15:30:01.25Z","i":7341196287314,"tks":"B"}]
            """);

        Assert.Equal(
            ("market_quotes:BTC/USD", """{"symbol":"BTC/USD","bidPrice":83410.1,"bidSize":0.52,"askPrice":83415.9,"askSize":0.31,"timestamp":"2026-10-08T15:30:00.5+00:00","tickType":"quote"}"""),
            await _bus.NextTickAsync());
        Assert.Equal(
            ("market_trades:BTC/USD", """{"symbol":"BTC/USD","price":83412.55,"size":0.0041,"timestamp":"2026-10-08T15:30:01.25+00:00","tickType":"trade"}"""),
            await _bus.NextTickAsync());
    }

    [Fact]
    public async Task A_second_instance_waits_and_goes_on_where_the_first_one_lost_its_lock()
    {
        await FollowAsync("SPY", firstSeq: 0);
        var first = await StartAsync(("SYMBOLS", "SPY"));
        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("SPY");
        var second = await StartAsync(("SYMBOLS", "SPY"));
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon));
        Assert.Equal((Noon, 1L), Place(await _bus.NextBarAsync()));
        Assert.True(State(first).Leads);
        Assert.False(State(second).Leads);

        _venue.Remember("SPY", ScriptedVenue.BarAt(Noon), ScriptedVenue.BarAt(Noon.AddMinutes(1)));
        _venue.Now = Noon.AddMinutes(2);
        await first.EndAsync();
        _instances.Remove(first);
        stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("SPY");
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(2)));

        Assert.Equal((Noon.AddMinutes(1), 2L), Place(await _bus.NextBarAsync()));
        Assert.Equal((Noon.AddMinutes(2), 3L), Place(await _bus.NextBarAsync()));
        Assert.True(State(second).Leads);
    }

    [Fact]
    public async Task A_leader_whose_connection_the_database_cuts_begins_again_from_what_is_stored()
    {
        await FollowAsync("SPY", firstSeq: 0);
        await StartAsync(("SYMBOLS", "SPY"));
        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("SPY");
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon));
        await _bus.NextBarAsync();

        _venue.Remember("SPY", ScriptedVenue.BarAt(Noon), ScriptedVenue.BarAt(Noon.AddMinutes(1)));
        _venue.Now = Noon.AddMinutes(2);
        await database.ExecuteAsync("""
            select pg_terminate_backend(pid) from pg_locks
            where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
            """);
        // It notices at the latest when it has something to store.
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(1)));

        Assert.Equal((Noon.AddMinutes(1), 2L), Place(await _bus.NextBarAsync()));
        stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("SPY");
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(2)));
        Assert.Equal((Noon.AddMinutes(2), 3L), Place(await _bus.NextBarAsync()));
    }

    [Fact]
    public async Task A_corrected_bar_keeps_its_number_and_one_that_comes_late_is_history()
    {
        await StartAsync(("SYMBOLS", "SPY"));
        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("SPY");
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon), ScriptedVenue.BarAt(Noon.AddMinutes(2)));
        Assert.Equal((Noon.AddMinutes(2), 2L), await PlaceOfNextAsync(skip: 1));

        await stream.SayAsync($$"""[{"T":"u","S":"SPY",{{VenueEnd.Fields(ScriptedVenue.BarAt(Noon, 168m))}}},{"T":"u","S":"SPY",{{VenueEnd.Fields(ScriptedVenue.BarAt(Noon.AddMinutes(1), 169m))}}}]""");
        await stream.SayAsync($$"""[{"T":"u","S":"SPY",{{VenueEnd.Fields(ScriptedVenue.BarAt(Noon.AddMinutes(1), -1m))}}}]""");
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(3)));
        Assert.Equal((Noon.AddMinutes(3), 3L), Place(await _bus.NextBarAsync()));
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(4)));
        Assert.Equal((Noon.AddMinutes(4), 4L), Place(await _bus.NextBarAsync()));

        // Of the first bar the number stayed, of the late one there is none, and the impossible one left no trace.
        Assert.Equal(168m, await database.ValueAsync<decimal>("select close from market_data where seq = 1"));
        Assert.Equal(169m, await database.ValueAsync<decimal>("select close from market_data where seq is null and time = $1", Noon.AddMinutes(1)));
        Assert.Equal(5, await CountAsync("timeframe = '1m'"));
    }

    [Fact]
    public async Task The_day_so_far_is_stored_beside_the_minutes()
    {
        await StartAsync(("SYMBOLS", "SPY"));
        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("SPY");

        var midnight = new DateTimeOffset(2013, 10, 4, 4, 0, 0, TimeSpan.Zero);
        await stream.SayAsync($$"""[{"T":"d","S":"SPY",{{VenueEnd.Fields(ScriptedVenue.BarAt(midnight, 167m))}}}]""");
        await stream.SayAsync($$"""[{"T":"d","S":"SPY",{{VenueEnd.Fields(ScriptedVenue.BarAt(midnight, 168m))}}}]""");
        for (var minute = 0; minute < 2; minute++)
        {
            await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(minute)));
            await _bus.NextBarAsync();
        }

        Assert.Equal(168m, await database.ValueAsync<decimal>("select close from market_data where timeframe = '1d' and seq is null"));
    }

    [Fact]
    public async Task What_the_plan_has_no_room_for_has_bars_only_and_gets_more_when_there_is_room()
    {
        _venue.MostPrices = 2;
        var instance = await StartAsync(("SYMBOLS", "AAPL,SPY"));
        await WantAsync(redis => redis.SetAddAsync("active_subscriptions:stock", ["IBM", "MSFT"]));
        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("AAPL", "IBM", "MSFT", "SPY");
        foreach (var symbol in (string[])["AAPL", "IBM", "MSFT", "SPY"])
        {
            await stream.StreamAsync(symbol, ScriptedVenue.BarAt(Noon));
            Assert.Equal(symbol, (await _bus.NextBarAsync()).Symbol);
        }

        await SettleAsync(stream, () => State(instance).Feeds[AssetClass.Stock].BarsOnly.Count == 2);
        Assert.Equal(["AAPL", "IBM", "MSFT", "SPY"], stream.Prices.Concat(State(instance).Feeds[AssetClass.Stock].BarsOnly).Order(StringComparer.Ordinal));

        // Who was refused is asked for again when others go.
        await WantAsync(redis => redis.SetRemoveAsync("active_subscriptions:stock", ["IBM", "MSFT"]));
        await stream.SubscribedToAsync("AAPL", "SPY");
        await SettleAsync(stream, () => stream.Prices is ["AAPL", "SPY"]);
        await SettleAsync(stream, () => State(instance).Feeds[AssetClass.Stock].BarsOnly.Count == 0);

        async Task WantAsync(Func<StackExchange.Redis.IDatabase, Task> change)
        {
            await change(redis.Connection.GetDatabase());
            var topic = new StackExchange.Redis.RedisChannel("system:subscription_updates", StackExchange.Redis.RedisChannel.PatternMode.Literal);
            await redis.Connection.GetSubscriber().PublishAsync(topic, "{}");
        }
    }

    [Fact]
    public async Task Who_trades_gets_the_prices_that_others_only_watch()
    {
        _venue.MostPrices = 2;
        var instance = await StartAsync();
        foreach (var watched in (string[])["IBM", "MSFT", "SPY"])
        {
            await _bus.ChangeAsync(SubscriptionUpdate.Subscribe, watched);
        }

        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("IBM", "MSFT", "SPY");
        await SettleAsync(stream, () => State(instance).Feeds[AssetClass.Stock].BarsOnly.Count == 1);
        await FollowAsync("AAPL", firstSeq: 1);
        await _bus.ChangeAsync(SubscriptionUpdate.Subscribe, "AAPL");
        await SettleAsync(stream, () => State(instance).Feeds[AssetClass.Stock].BarsOnly.Count == 2 && stream.Prices.Count == 2);
        Assert.Contains("AAPL", stream.Prices);

        // An order makes one that was given up as important.
        var ordered = State(instance).Feeds[AssetClass.Stock].BarsOnly[0];
        await database.ExecuteAsync("""
            insert into orders (id, user_id, symbol, asset_class, side, effect, type, time_in_force, quantity, status, created_at, updated_at)
            values (gen_random_uuid(), gen_random_uuid(), $1, 'stock', 'buy', 'open', 'market', 'day', 1, 'new', now(), now())
            """, ordered);
        await _bus.ChangeAsync(SubscriptionUpdate.Subscribe, ordered);
        await SettleAsync(stream, () => stream.Prices.Contains(ordered) && State(instance).Feeds[AssetClass.Stock].BarsOnly.Count == 2);

        Assert.Equal(new[] { "AAPL", ordered }.Order(StringComparer.Ordinal), stream.Prices);
    }

    [Fact]
    public async Task What_sessions_and_alerts_need_is_asked_for_before_what_is_only_watched()
    {
        string[] watched = [.. Enumerable.Range(0, 30).Select(static place => $"W{(char)('A' + (place / 26))}{(char)('A' + (place % 26))}")];
        await redis.Connection.GetDatabase().SetAddAsync("active_subscriptions:stock", [.. watched.Select(static symbol => (StackExchange.Redis.RedisValue)symbol)]);
        _venue.Gate = new SemaphoreSlim(0);
        await StartAsync();
        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync(watched);
        await BecomesAsync(() => _venue.Asked.Count == 4);

        await database.ExecuteAsync("""
            with owner as (
                insert into users (id, email, username, password_hash, created_at, updated_at)
                values (gen_random_uuid(), gen_random_uuid() || '@example.org', gen_random_uuid()::text, '', now(), now()) returning id)
            insert into alerts (id, user_id, name, kind, symbol, level, hysteresis, repeats, cool_down_seconds, enabled, muted, webhook_ids, armed_at, created_at)
            select gen_random_uuid(), id, 'Up', 'price_above', 'AAPL', 200, 1, false, 0, true, false, '{}', now(), now() from owner
            """);
        await FollowAsync("SPY", firstSeq: null);
        await _bus.ChangeAsync(SubscriptionUpdate.Subscribe, "AAPL");
        await stream.SubscribedToAsync([.. watched, "AAPL", "SPY"]);
        while (!(WasAsked("SPY") && WasAsked("AAPL")))
        {
            var asked = _venue.Asked.Count;
            _venue.Gate.Release();
            await BecomesAsync(() => _venue.Asked.Count > asked);
        }

        Assert.InRange(watched.Count(WasAsked), 4, 20);

        bool WasAsked(string symbol) => _venue.Asked.Any(asked => asked.StartsWith($"{symbol} ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Months_older_than_the_policy_go_counted_from_the_newest_bar()
    {
        await database.ExecuteAsync("""
            select ensure_market_data_partition('2011-05-01'), ensure_market_data_partition('2013-09-01');
            insert into market_data values
                ('SPY', '1m', '2011-05-31T23:59:00Z', 1, 1, 1, 1, 1, null), ('SPY', '1m', '2013-09-04T12:00:00Z', 1, 1, 1, 1, 1, null),
                ('SPY', '1m', '2009-01-01T12:00:00Z', 1, 1, 1, 1, 1, null), ('SPY', '1m', '2013-10-03T12:00:00Z', 1, 1, 1, 1, 1, null)
            """);

        await StartAsync(("SYMBOLS", "SPY"), ("MARKET_DATA_KEEP_DAYS", "30"));
        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("SPY");
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon));
        await _bus.NextBarAsync();

        // The month that the policy ends in stays whole.
        Assert.Equal(3, await CountAsync("true"));
        Assert.False(await database.ValueAsync<bool>("select to_regclass('market_data_2011_05') is not null"));
    }

    [Fact]
    public async Task Bars_lie_in_the_partition_of_their_market_month_and_the_next_month_is_ready()
    {
        await RunUntilAsync(Noon);

        Assert.Equal("market_data_2013_10", await database.ValueAsync<string>("select tableoid::regclass::text from market_data where seq = 1"));
        Assert.True(await database.ValueAsync<bool>("select to_regclass('market_data_2013_11') is not null"));
    }

    [Fact]
    public async Task Bars_that_lay_in_the_default_partition_move_when_their_month_gets_its_own()
    {
        await database.ExecuteAsync(
            "insert into market_data values ('IBM', '1m', '2009-03-31T23:59:00Z', 1, 1, 1, 1, 1, null), ('IBM', '1m', '2009-04-01T00:00:00Z', 1, 1, 1, 1, 1, null)");

        await database.ExecuteAsync("select ensure_market_data_partition('2009-03-15'), ensure_market_data_partition('2009-03-01')");

        Assert.Equal(1L, await database.ValueAsync<long>("select count(*) from market_data_2009_03"));
        Assert.Equal(1L, await database.ValueAsync<long>("select count(*) from market_data_default where symbol = 'IBM'"));
    }

    [Fact]
    public async Task A_trace_begins_with_the_bar_and_goes_on_with_its_message()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == IngestorTelemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        await StartAsync(("SYMBOLS", "SPY"));
        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("SPY");

        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon));
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(1)));

        Assert.True(ActivityContext.TryParse((await _bus.NextBarAsync()).Traceparent, null, out var first));
        Assert.True(ActivityContext.TryParse((await _bus.NextBarAsync()).Traceparent, null, out var second));
        Assert.NotEqual(first.TraceId, second.TraceId);
    }

    [Fact]
    public async Task Health_tells_the_feeds_and_an_unreachable_venue_is_degraded()
    {
        var instance = await StartAsync(("SYMBOLS", "SPY"));
        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("SPY");
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon));
        await _bus.NextBarAsync();
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);

        await _venue.DisposeAsync();
        stream.Vanish();

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await CheckAsync()).Status == HealthStatus.Healthy)
        {
            await timer.WaitForNextTickAsync(patience.Token);
        }

        var report = await CheckAsync();
        Assert.Equal(HealthStatus.Degraded, report.Status);
        Assert.StartsWith("The stock feed is lost", report.Entries["feeds"].Description, StringComparison.Ordinal);
        Assert.Equal("leader", report.Entries["feeds"].Data["role"]);

        Task<HealthReport> CheckAsync() =>
            instance.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(static check => check.Name == "feeds");
    }

    [Fact]
    public void A_permanent_symbol_of_the_wrong_class_stops_the_service_at_its_door()
    {
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationManager { ["SYMBOLS"] = "SPY, BTC/USD" };

        var refusal = Assert.Throws<InvalidOperationException>(() => new Subscriptions.PermanentSymbols(configuration));

        Assert.Contains("'BTC/USD'", refusal.Message, StringComparison.Ordinal);
    }

    private async Task HealthBecomesAsync(string field, object expected)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        object? now;
        do
        {
            await look.WaitForNextTickAsync(patience.Token);
            var report = await _instances[0].Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(static check => check.Name == "feeds", patience.Token);
            now = ((Dictionary<string, object?>)report.Entries["feeds"].Data["stock"])[field];
        }
        while (!expected.Equals(now));
    }

    private static async Task BecomesAsync(Func<bool> accepted)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!accepted())
        {
            await look.WaitForNextTickAsync(patience.Token);
        }
    }

    private async Task<IHost> StartAsync(params (string Key, string Value)[] settings)
    {
        var instance = await Ingest.StartAsync(database, redis, _venue.Address, settings);
        _instances.Add(instance);
        return instance;
    }

    /// <summary>Leaves one numbered bar of SPY at <paramref name="at"/> and no instance running.</summary>
    private async Task RunUntilAsync(DateTimeOffset at)
    {
        var instance = await StartAsync(("SYMBOLS", "SPY"));
        var stream = await _venue.AcceptAsync();
        await stream.SubscribedToAsync("SPY");
        await stream.StreamAsync("SPY", ScriptedVenue.BarAt(at));
        Assert.Equal((at, 1L), Place(await _bus.NextBarAsync()));
        await instance.EndAsync();
        _instances.Remove(instance);
        await stream.LeftAsync();
    }

    /// <summary>A session of the symbol that is open; with <paramref name="firstSeq"/> it is in the middle of the bars.</summary>
    // The feed handles one thing after the other, so each bar that comes through has what was said before it behind it.
    private async Task SettleAsync(VenueEnd stream, Func<bool> settled)
    {
        for (var tries = 0; !settled(); tries++)
        {
            Assert.True(tries < 200, "The subscriptions do not settle.");
            await stream.StreamAsync("SPY", ScriptedVenue.BarAt(Noon.AddMinutes(++_minutes)));
            await _bus.NextBarAsync();
        }
    }

    private Task FollowAsync(string symbol, long? firstSeq) => database.ExecuteAsync("""
        with owner as (
            insert into users (id, email, username, password_hash, created_at, updated_at)
            values (gen_random_uuid(), gen_random_uuid() || '@example.org', gen_random_uuid()::text, '', now(), now()) returning id),
        strategy as (
            insert into strategies (id, user_id, name, language, symbol, code, code_hash, created_at, updated_at)
            select gen_random_uuid(), id, 'cross', 'csharp', $1, '', '', now(), now() from owner returning id, user_id),
        version as (
            insert into strategy_versions (strategy_id, version, language, code, code_hash, created_at)
            select id, 1, 'csharp', '', '', now() from strategy)
        insert into sessions (id, user_id, strategy_id, strategy_version, symbol, asset_class, status, created_at, first_seq)
        select gen_random_uuid(), user_id, id, 1, $1, 'stock', 'RUNNING', now(), $2::bigint from strategy
        """, symbol, firstSeq);

    private async Task<long> CountAsync(string condition) =>
        await database.ValueAsync<long>($"select count(*) from market_data where symbol = 'SPY' and ({condition})");

    private async Task<(DateTimeOffset, long)> PlaceOfNextAsync(int skip)
    {
        for (var bar = 0; bar < skip; bar++)
        {
            await _bus.NextBarAsync();
        }

        return Place(await _bus.NextBarAsync());
    }

    private static (DateTimeOffset, long) Place(BarMessage bar) => (bar.Timestamp, bar.Seq);

    private static IngestorState State(IHost instance) => instance.Services.GetRequiredService<IngestorState>();
}
