using System.Text;
using System.Text.Json;
using StackExchange.Redis;
using StratForge.Contracts;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Worker.Market;
using StratForge.Worker.Sessions.Tape;
using StratForge.Worker.Tests.Replays;

namespace StratForge.Worker.Tests.Sessions;

public sealed class TickTests(Platform platform) : IClassFixture<Platform>, IAsyncLifetime
{
    // What it buys says how many trades it was told, of which price, and the offer of the last quote.
    private const string TickingInCSharp = """
        using StratForge.Strategies;
        public sealed class Ticking : Strategy
        {
            private int _trades;
            private double _ask;
            public override void OnStart() { SubscribeTrades(); SubscribeQuotes(); }
            public override Signal? OnBar(Bar bar) => Buy(1 + _trades);
            public override Signal? OnTrade(Trade trade) => Buy((++_trades * 1000) + trade.Price + _ask);
            public override Signal? OnQuote(Quote quote) { _ask = quote.Ask; return null; }
        }
        """;

    private const string TickingInPython = """
        class Ticking(Strategy):
            def on_start(self):
                self.trades = 0
                self.ask = 0.0
                self.subscribe_trades()
                self.subscribe_quotes()

            def on_bar(self, bar):
                return self.buy(1 + self.trades)

            def on_trade(self, trade):
                self.trades += 1
                return self.buy(self.trades * 1000 + trade.price + self.ask)

            def on_quote(self, quote):
                self.ask = quote.ask
        """;

    private readonly Replaying _replaying = new(platform);

    public Task InitializeAsync() => platform.ForgetSessionsAsync();

    public Task DisposeAsync() => platform.ForgetSessionsAsync();

    [Fact]
    public async Task Trades_and_quotes_are_told_at_their_place_among_the_bars_and_told_again_there()
    {
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 1);
        Guid[] sessions;
        await using (await RunningWorker.StartAsync(platform))
        {
            sessions =
            [
                await platform.StartSessionAsync(symbol, "csharp", TickingInCSharp), await platform.StartSessionAsync(symbol, "python", TickingInPython),
            ];
            await ListeningAsync(symbol);
            await platform.BarsAsync(symbol, 2, 2);
            await SignalsAsync(sessions, 1);
            await QuoteAsync(symbol, 103);
            await TradeAsync(symbol, 101);
            await TradeAsync(symbol, 102);
            await SignalsAsync(sessions, 3);
            await platform.BarsAsync(symbol, 3, 3);
            await SignalsAsync(sessions, 4);
        }

        // What happens while nobody listens is told nobody.
        await TradeAsync(symbol, 150);
        await using (await RunningWorker.StartAsync(platform))
        {
            await ListeningAsync(symbol);
            await platform.BarsAsync(symbol, 4, 4);
            await SignalsAsync(sessions, 5);
            await TradeAsync(symbol, 104);
            await SignalsAsync(sessions, 6);
        }

        decimal[] expected = [1, 1204, 2205, 3, 3, 3207];
        Assert.All(sessions, session =>
        {
            Assert.Equal(expected, platform.SignalsOf(session).Select(signal => signal.Quantity));
            Assert.Equal([2L, 3, 4], platform.SignalsOf(session).Where(signal => signal.EventKind == SessionEventKind.Tick).Select(signal => signal.EventSeq));
        });

        // With nothing settled they are told from the tape, each where it was.
        await platform.Database.ExecuteAsync("update sessions set processed_seq = null where id = any ($1)", sessions);
        await using var worker = await RunningWorker.StartAsync(platform);
        await Platform.EventuallyAsync(
            () => platform.Database.ValueAsync<bool>("select count(*) = 2 from sessions where id = any ($1) and processed_seq = 4 and processed_tick = 4", sessions),
            () => Task.FromResult("the sessions are not settled"));
        var hashes = new List<string?>();
        foreach (var session in sessions)
        {
            Assert.Equal([.. expected, .. expected], platform.SignalsOf(session).Select(signal => signal.Quantity));
            Assert.Equal(expected.Length, platform.SignalsOf(session).Select(signal => signal.SignalId).Distinct().Count());
            await _replaying.RecordAsync(session);
            var replay = await _replaying.ReplayAsync(session);
            Assert.Null(replay.FirstDifference);
            hashes.Add(replay.RunHash);
        }

        Assert.Equal(hashes[0], hashes[1]);

        // The low byte of the price of the last one.
        await platform.Database.ExecuteAsync(
            "update session_tape_ticks set ticks = set_byte(ticks, octet_length(ticks) - 40, 1) where session_id = $1 and first_tick = 4", sessions[0]);
        await _replaying.DiffersAsync(sessions[0], "trade 4", "trade");
    }

    [Fact]
    public async Task A_tape_of_more_than_a_page_is_told_in_its_order_and_one_with_a_gap_is_not()
    {
        // What it buys depends on everything it was told, and in which order.
        const string Folding = """
            using StratForge.Strategies;
            public sealed class Folding : Strategy
            {
                private int _told;
                public override void OnStart() => SubscribeTrades();
                public override Signal? OnBar(Bar bar) { Fold(bar.Close); return Buy(1 + _told); }
                public override Signal? OnTrade(Trade trade) { Fold(trade.Price); return null; }
                public override void OnOrder(OrderUpdate update) => Fold(update.Quantity);
                private void Fold(double number) => _told = ((_told * 31) + (int)(number * 2)) % 1000003;
            }
            """;
        const int Trades = 3 * PlacedTape.TicksPerPage;
        const int Orders = PlacedTape.EventsPerPage + 10;
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 1);
        Guid session;
        await using (await RunningWorker.StartAsync(platform))
        {
            session = await platform.StartSessionAsync(symbol, "csharp", Folding);
            await platform.StatusBecomesAsync(session, "RUNNING");
            await platform.BarsAsync(symbol, 2, 2);
            await platform.SignalsAsync(session, 1);
        }

        await platform.BarsAsync(symbol, 3, 3, publish: false);
        var told = new List<PlacedEntry>();
        for (int trade = 1, order = 1; trade <= Trades; trade++)
        {
            var after = trade <= Trades / 2 ? 2 : 3;
            for (; order <= trade * Orders / Trades; order++)
            {
                told.Add(new TapeEntry(order, after, AnOrder(symbol, order), traceparent: null, isTaped: true));
            }

            told.Add(TickEntry.Of(symbol, trade, after, order - 1, 0, new Tick(false, Platform.Opening.ToUnixTimeMilliseconds(), trade, 1, 0, 0)));
        }

        await TapeAsync(session, told);
        await platform.Database.ExecuteAsync("delete from session_tape_bars where session_id = $1", session);
        await platform.Database.ExecuteAsync("update sessions set processed_seq = null where id = $1", session);
        await using var worker = await RunningWorker.StartAsync(platform);
        await platform.BarsAsync(symbol, 4, 4);
        await platform.SignalsAsync(session, 3);

        Assert.Equal(
            [(2L, Folded(102.5m)), (3L, Folded([102.5m, .. AmountsBehind(2), 103.5m])), (4L, Folded([102.5m, .. AmountsBehind(2), 103.5m, .. AmountsBehind(3), 104.5m]))],
            platform.SignalsOf(session).DistinctBy(signal => signal.SignalId).Select(signal => (signal.EventSeq, (int)signal.Quantity - 1)));
        await Platform.EventuallyAsync(
            () => platform.Database.ValueAsync<bool>("select processed_seq = 4 and processed_tick = $2 from sessions where id = $1", session, (long)Trades),
            () => Task.FromResult("the session is not settled"));
        await _replaying.RecordAsync(session);
        var replay = await _replaying.ReplayAsync(session);
        Assert.Null(replay.FirstDifference);
        Assert.Equal(Orders, replay.OrderEvents);

        var page = await new PlacedTape(worker.Service<TapeStore>(), session, Orders, Trades).ReadAsync(CancellationToken.None);
        Assert.Equal((PlacedTape.EventsPerPage, PlacedTape.TicksPerPage), (page.Events!.Count, page.Ticks!.Count));

        await platform.Database.ExecuteAsync("delete from session_tape_ticks where session_id = $1 and first_tick = $2", session, (long)Trades - 1);
        await _replaying.EndsAsync(await _replaying.AskAsync(session), "FAILED");

        IEnumerable<decimal> AmountsBehind(long bar) => told.Where(entry => entry.AfterSeq == bar).Select(entry => entry is TickEntry tick
            ? (decimal)tick.Tick.Price
            : ((TapeEntry)entry).Order.Quantity);

        static int Folded(params IEnumerable<decimal> amounts) => amounts.Aggregate(0, (before, amount) => ((before * 31) + (int)(amount * 2)) % 1000003);
    }

    [Fact]
    public async Task A_session_that_was_told_as_many_as_one_may_be_says_so_in_time_and_ends()
    {
        const string EachTrade = """
            class EachTrade(Strategy):
                def on_start(self):
                    self.subscribe_trades()

                def on_bar(self, bar):
                    return self.buy(1)

                def on_trade(self, trade):
                    return self.buy(2)
            """;
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 1);
        await using var worker = await RunningWorker.StartAsync(platform, ("Worker:Limits:TicksPerSession", "10"));
        var session = await platform.StartSessionAsync(symbol, "python", EachTrade);
        await platform.StatusBecomesAsync(session, "RUNNING");
        await platform.BarsAsync(symbol, 2, 2);
        await platform.SignalsAsync(session, 1);
        for (var trade = 1; trade <= 10; trade++)
        {
            await TradeAsync(symbol, 100 + trade);
            await platform.SignalsAsync(session, 1 + trade);
        }

        Assert.Equal("RUNNING", await platform.StatusAsync(session));
        await TradeAsync(symbol, 111);
        await platform.StatusBecomesAsync(session, "FAILED");

        Assert.StartsWith(
            "TICK_LIMIT: The session was told 10 trades and quotes; 10 are allowed in all. Start another one in its place",
            await platform.FailureAsync(session), StringComparison.Ordinal);
        Assert.Equal(1, await platform.Database.ValueAsync<long>(
            "select count(*) from session_logs where session_id = $1 and level = 'warning' and message like 'More than nine tenths of the 10 trades and quotes%'", session));
    }

    // As if they had been told.
    private async Task TapeAsync(Guid session, IReadOnlyList<PlacedEntry> told)
    {
        var orders = told.OfType<TapeEntry>().ToArray();
        await platform.Database.ExecuteAsync("""
            insert into session_tape (session_id, event_id, after_seq, payload, digest)
            select $1, e.id, e.after_seq, e.payload::jsonb, e.digest from unnest($2::bigint[], $3::bigint[], $4::text[], $5::bigint[]) as e (id, after_seq, payload, digest)
            """, session, orders.Select(order => order.EventId).ToArray(), orders.Select(order => order.AfterSeq).ToArray(),
            orders.Select(order => Encoding.UTF8.GetString(order.Json)).ToArray(), orders.Select(order => order.Digest()).ToArray());
        var ticks = told.OfType<TickEntry>().ToArray();
        await platform.Database.ExecuteAsync("""
            insert into session_tape_ticks (session_id, first_tick, after_seq, after_event, ticks)
            select $1, t.number, t.after_seq, t.after_event, t.ticks from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[]) as t (number, after_seq, after_event, ticks)
            """, session, ticks.Select(tick => tick.Number).ToArray(), ticks.Select(tick => tick.AfterSeq).ToArray(),
            ticks.Select(tick => tick.AfterEvent).ToArray(), ticks.Select(tick => TickEntry.WriteAll([tick])).ToArray());
    }

    private static OrderEvent AnOrder(string symbol, int quantity) => new(
        Platform.NewId(), null, symbol, Side.Buy, "accepted", quantity, 0, null, null, null, new PositionView(0, 0), 99_000);

    private async Task ListeningAsync(string symbol)
    {
        var redis = platform.Redis.Connection;
        var server = redis.GetServer(redis.GetEndPoints()[0]);
        await Platform.EventuallyAsync(
            async () => await server.SubscriptionSubscriberCountAsync(new RedisChannel(Topics.Trades(symbol), RedisChannel.PatternMode.Literal)) > 0
                && await server.SubscriptionSubscriberCountAsync(new RedisChannel(Topics.Quotes(symbol), RedisChannel.PatternMode.Literal)) > 0
                && await platform.Database.ValueAsync<bool>("select count(*) = 2 from sessions where symbol = $1 and status = 'RUNNING'", symbol),
            async () => $"{await server.SubscriptionSubscriberCountAsync(new RedisChannel(Topics.Trades(symbol), RedisChannel.PatternMode.Literal))} listen; sessions: " +
                await platform.Database.ValueAsync<string>(
                    "select string_agg(concat_ws(' ', status, failure_code, failure_detail), '; ') from sessions where symbol = $1", symbol));
    }

    private async Task SignalsAsync(Guid[] sessions, int count)
    {
        foreach (var session in sessions)
        {
            await platform.SignalsAsync(session, count);
        }
    }

    private Task TradeAsync(string symbol, decimal price) => platform.PublishAsync(
        Topics.Trades(symbol), JsonSerializer.Serialize(new TradeTick(symbol, price, 10, Platform.Opening.AddMinutes(3).AddSeconds(1)), ContractsJson.Default.TradeTick));

    private Task QuoteAsync(string symbol, decimal ask) => platform.PublishAsync(
        Topics.Quotes(symbol),
        JsonSerializer.Serialize(new QuoteTick(symbol, ask - 1, 5, ask, 5, Platform.Opening.AddMinutes(3)), ContractsJson.Default.QuoteTick));
}
