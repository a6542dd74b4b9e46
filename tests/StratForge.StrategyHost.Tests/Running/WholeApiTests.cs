using System.Text;
using System.Text.Json.Nodes;

namespace StratForge.StrategyHost.Tests.Running;

/// <summary>What the strategy API needs of the frames, in both languages: the same code in each, the same answers.</summary>
public sealed class WholeApiTests
{
    private const string CSharp = """
        public sealed class Sample : Strategy
        {
            private Signal? sent;

            public override void OnStart()
            {
                Subscribe(Symbol);
                Subscribe("MSFT");
                SubscribeQuotes();
                Every(1, "minute");
            }

            public override void OnRestore() => Log($"restored {State.Get("bars", 0)} of version {State.Version}");

            public override Signal? OnBar(Bar bar)
            {
                State.Set("bars", State.Get("bars", 0) + 1);
                Plot("close", bar.Close);
                Mark("here", 5);
                Log("debug", bar.Symbol, new { volume = 100 });
                if (bar.Symbol == "MSFT") return null;
                Explain("because");
                sent = Buy(10, stop: 101, limit: 102.5, takeProfit: 110, stopLoss: 95, stopLossLimit: 94, symbol: "MSFT", metadata: new { a = 1 });
                Sell(1, trailPercent: 2.5);
                return null;
            }

            public override Signal? OnQuote(Quote quote)
            {
                CancelAll();
                return null;
            }

            public override void OnTimer(TimerEvent timer) => Log($"{timer.Name} {Clock.NowMs}");

            public override void OnOrder(OrderUpdate update)
            {
                Log($"{update.Symbol} {update.Status} {update.Reason} {update.Exit} ticket {update.Ticket?.Number} {sent!.Ticket!.Status} {OpenOrders.Count}");
                if (update.Status == "new") Cancel(sent.Ticket);
            }
        }
        """;

    private const string Python = """
        class Sample(Strategy):
            def on_start(self):
                self.subscribe(self.symbol)
                self.subscribe("MSFT")
                self.subscribe_quotes()
                self.every(1, "minute")

            def on_restore(self):
                self.log(f"restored {self.state['bars']} of version {self.restored_version}")

            def on_bar(self, bar):
                self.state["bars"] = self.state.get("bars", 0) + 1
                self.plot("close", bar.close)
                self.mark("here", 5)
                self.log(bar.symbol, "debug", volume=100)
                if bar.symbol == "MSFT":
                    return None
                self.explain("because")
                self.sent = self.buy(10, stop=101, limit=102.5, take_profit=110, stop_loss=95, stop_loss_limit=94, symbol="MSFT", metadata={"a": 1})
                self.sell(1, trail_percent=2.5)

            def on_quote(self, quote):
                self.cancel_all()

            def on_timer(self, timer):
                self.log(f"{timer.name} {self.clock.now_ms}")

            def on_order(self, update):
                ticket = update.ticket.number if update.ticket else ""
                self.log(f"{update.symbol} {update.status} {update.reason or ''} {update.exit or ''} ticket {ticket} {self.sent.ticket.status} {len(self.open_orders)}")
                if update.status == "new":
                    self.cancel(self.sent.ticket)
        """;

    public static TheoryData<string> Languages => ["csharp", "python"];

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Everything_a_strategy_says_arrives_and_everything_it_is_told_reaches_it(string language)
    {
        const long Open = 1_704_724_200_000;
        await using var host = await HostProcess.StartAsync(language);
        await host.ReadAsync();
        await host.LoadAsync(
            language == "csharp" ? Samples.Compiled(CSharp) : Encoding.UTF8.GetBytes(Python), state: new { version = 3, value = new { bars = 41 } });

        var loaded = await host.ReadAsync();
        Same("""[{"symbol":"MSFT","feed":"bars"},{"symbol":"SPY","feed":"quotes"}]""", loaded["subscriptions"]);

        // MSFT comes first at one instant; both bars in one chunk, the second emits.
        var done = await host.AskAsync(new { type = "bars", seq = 1, bars = new object[] { new object[] { Open, 50, 50, 50, 50, 7, 1 }, new object[] { Open, 100, 100, 100, 100, 7 } } });
        Same(
            $$$"""
            {
              "type": "done", "of": "bars", "seq": 2,
              "signals": [
                {"action": "BUY", "quantity": "10", "confidence": 1, "orderType": "stop_limit", "limitPrice": "102.5", "stopPrice": "101", "takeProfit": "110",
                 "stopLoss": "95", "stopLossLimit": "94", "symbol": "MSFT", "metadata": {"explain": "because", "a": 1}},
                {"action": "SELL", "quantity": "1", "confidence": 1, "orderType": "trailing_stop", "trailPercent": "2.5"}
              ],
              "logs": [
                {"level": "info", "message": "restored 41 of version 3"},
                {"level": "debug", "message": "MSFT", "fields": {"volume": 100}}, {"level": "debug", "message": "SPY", "fields": {"volume": 100}},
                {"level": "info", "message": "minute {{{Open + 60_000}}}"}
              ],
              "plots": [{"name": "close", "at": {{{Open + 60_000}}}, "value": 50}, {"name": "close", "at": {{{Open + 60_000}}}, "value": 100}],
              "marks": [{"at": {{{Open + 60_000}}}, "text": "here", "price": 5}, {"at": {{{Open + 60_000}}}, "text": "here", "price": 5}],
              "state": {"version": 1, "value": {"bars": 43}}
            }
            """,
            done);

        var taken = await host.AskAsync(new { type = "outcome", seq = 2, outcomes = new object[] { new { ticket = 1, status = "ACCEPTED", orderId = "a" }, new { ticket = 2, status = "REJECTED", code = "INSUFFICIENT_QUANTITY" } } });
        Same("""[{"level":"info","message":"SPY rejected INSUFFICIENT_QUANTITY  ticket 2 accepted 1"}]""", taken["logs"]);

        var live = await host.AskAsync(Update("a", "new", ticket: 1, leg: null));
        Same("""{"type":"done","of":"update","seq":5,"cancels":["a"],"logs":[{"level":"info","message":"MSFT new   ticket 1 new 1"}]}""", live);
        var exit = await host.AskAsync(Update("b", "held", ticket: null, leg: "stop_loss"));
        Same("""[{"level":"info","message":"MSFT held  stop_loss ticket  new 2"}]""", exit["logs"]);

        Same(
            """{"type":"done","of":"quote","seq":6,"cancelAll":true}""",
            await host.AskAsync(new { type = "quote", seq = 6, t = Open + 61_000, b = 99.5, bs = 100, a = 100.5, @as = 200 }));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Notes_that_fill_an_answer_end_a_chunk(string language)
    {
        var code = language == "csharp"
            ? Samples.OnBar("        for (var i = 0; i < 6; i++) Log(new string('x', 1_000));")
            : Samples.PythonOnBar("for _ in range(6):\n    self.log('x' * 1_000)");
        await using var host = await HostProcess.LoadedAsync(language, code);
        var bars = Enumerable.Range(0, 100).Select(i => new object[] { 1_704_724_200_000 + (i * 60_000L), 1, 1, 1, 1, 1 }).ToArray();

        var done = await host.AskAsync(new { type = "bars", seq = 1, bars });

        // Three bars of six lines of 1,048 bytes are the first to pass 16 KiB.
        Assert.Equal((3, 18), ((int)done["seq"]!, done["logs"]!.AsArray().Count));
    }

    private static object Update(string id, string status, long? ticket, string? leg) => new
    {
        type = "update",
        seq = 5,
        ticket,
        cash = 1_000,
        position = new { quantity = 0, averagePrice = 0 },
        order = new { orderId = id, symbol = "MSFT", side = leg is null ? "BUY" : "SELL", status, quantity = 10, filledQuantity = 0, leg },
    };

    private static void Same(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual?.ToJsonString() ?? "null")), actual?.ToJsonString());
}
