using System.Text.Json;
using StackExchange.Redis;
using StratForge.Contracts;
using StratForge.Contracts.Market;
using StratForge.Contracts.Sessions;
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
