using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace StratForge.StrategyHost.Tests.Running;

/// <summary>Whole conversations with caged hosts of both languages.</summary>
public sealed class ConversationTests
{
    public static TheoryData<string> Languages => ["csharp", "python"];

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_crossing_buys_a_fifth_and_the_crossing_back_sells_what_came(string language)
    {
        await using var host = await HostProcess.LoadedAsync(language, SmaCross(language));

        var warmed = await host.AskAsync(new { type = "warm", bars = Enumerable.Range(0, 20).Select(i => Row(i, 100)) });
        Assert.Equal("""{"type":"done","of":"warm","seq":0}""", warmed.ToJsonString());

        Assert.Equal("""{"type":"done","of":"bar","seq":1}""", (await host.BarAsync(1, 100)).ToJsonString());
        var bought = await host.BarAsync(2, 110);
        Assert.Equal("bar", (string?)bought["of"]);
        Assert.Equal("BUY", (string?)bought["signals"]![0]!["action"]);
        Assert.Equal("181", (string?)bought["signals"]![0]!["quantity"]); // 20,000 / 110 = 181.8

        var told = await host.AskAsync(Filled(seq: 41, quantity: 181, price: 110, cash: 80_090));
        Assert.Equal("""{"type":"done","of":"update","seq":41}""", told.ToJsonString());

        var sold = await host.BarAsync(3, 50);
        Assert.Equal("SELL", (string?)sold["signals"]![0]!["action"]);
        Assert.Equal("181", (string?)sold["signals"]![0]!["quantity"]);

        Assert.Equal("""{"type":"done","of":"stop","seq":0}""", (await host.AskAsync(new { type = "stop", reason = "user" })).ToJsonString());
        Assert.Equal(0, (await host.ExitAsync()).Code);
    }

    [Fact]
    public async Task Both_languages_answer_the_same_bars_with_the_same_signals()
    {
        await using var csharp = await HostProcess.LoadedAsync("csharp", SmaCross("csharp"), symbol: "BTC/USD");
        await using var python = await HostProcess.LoadedAsync("python", SmaCross("python"), symbol: "BTC/USD");
        var random = new StratForge.Strategies.SeededRandom(4);
        var close = 60_000.0;
        var signals = 0;
        for (var seq = 1; seq <= 500; seq++)
        {
            close = Math.Round(close * (0.99 + (0.02 * random.NextDouble())), 2);
            var answer = await csharp.BarAsync(seq, close);
            Assert.Equal(answer["signals"]?.ToJsonString(), (await python.BarAsync(seq, close))["signals"]?.ToJsonString().Replace("1.0", "1", StringComparison.Ordinal));
            if (answer["signals"]?[0] is { } signal && signals++ % 2 == 0)
            {
                var quantity = double.Parse((string)signal["quantity"]!, System.Globalization.CultureInfo.InvariantCulture);
                var update = Filled(seq, quantity, close, cash: 100_000 - (quantity * close), symbol: "BTC/USD");
                Assert.True(JsonNode.DeepEquals(await csharp.AskAsync(update), await python.AskAsync(update)));
            }
        }

        Assert.InRange(signals, 10, 200);
    }

    [Fact]
    public async Task A_set_of_texts_is_walked_in_the_same_order_in_every_process_and_only_the_library_is_on_the_path()
    {
        var code = Encoding.UTF8.GetBytes("""
            import sys

            class Walks(Strategy):
                def on_bar(self, bar):
                    self.log(" ".join({"SPY", "QQQ", "IWM", "DIA", "AAPL", "MSFT", "NVDA", "TSLA"}))
                    self.log(" ".join(sys.path))
            """);
        await using var one = await HostProcess.LoadedAsync("python", code);
        await using var other = await HostProcess.LoadedAsync("python", code);

        var (first, second) = ((await one.BarAsync(1, 100))["logs"]!, (await other.BarAsync(1, 100))["logs"]!);

        Assert.Equal(first.ToJsonString(), second.ToJsonString());
        Assert.DoesNotContain("stratforge", (string)first[1]!["message"]!, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_chunk_of_bars_stops_behind_the_first_that_emits(string language)
    {
        await using var host = await HostProcess.LoadedAsync(language, SmaCross(language));
        var bars = Enumerable.Range(0, 100).Select(i => Row(i, i < 50 ? 100 : 110)).ToArray();

        var first = await host.AskAsync(new { type = "bars", seq = 1_000, bars });
        Assert.Equal(1_050, (long)first["seq"]!);
        Assert.Single(first["signals"]!.AsArray());

        var rest = await host.AskAsync(new { type = "bars", seq = 1_051, bars = bars[51..] });
        Assert.Equal("""{"type":"done","of":"bars","seq":1099}""", rest.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Outcomes_that_come_together_with_an_event_are_answered_before_it_and_known_in_it(string language)
    {
        var code = language == "csharp"
            ? Samples.Compiled("""
                using StratForge.Strategies;
                public sealed class Asking : Strategy
                {
                    private Signal? _last;
                    public override Signal? OnBar(Bar bar)
                    {
                        Log($"{_last?.Ticket.Status ?? "none"} {OpenOrders.Count}");
                        return _last = Buy(1);
                    }
                    public override void OnOrder(OrderUpdate update) => Log(update.Reason ?? "");
                }
                """)
            : Encoding.UTF8.GetBytes("""
                class Asking(Strategy):
                    last = None

                    def on_bar(self, bar):
                        self.log(f"{self.last.ticket.status if self.last else 'none'} {len(self.open_orders)}")
                        self.last = self.buy(1)
                        return self.last

                    def on_order(self, update):
                        self.log(update.reason or "")
                """);
        await using var host = await HostProcess.LoadedAsync(language, code);
        await host.BarAsync(1, 100);

        await host.SendTogetherAsync(
            new { type = "outcome", seq = 1, outcomes = new[] { new { ticket = 1, status = "ACCEPTED", orderId = "0198f1b4-0000-7000-8000-000000000001" } } },
            Bar(2));
        Assert.Equal("""{"type":"done","of":"outcome","seq":1}""", (await host.ReadAsync()).ToJsonString());
        var second = await host.ReadAsync();
        Assert.Equal(("bar", 2L, "accepted 1"), ((string?)second["of"], (long)second["seq"]!, (string?)second["logs"]![0]!["message"]));

        await host.SendTogetherAsync(
            new { type = "outcome", seq = 2, outcomes = new[] { new { ticket = 2, status = "REJECTED", code = "MARKET_CLOSED" } } }, Bar(3));
        var refused = await host.ReadAsync();
        Assert.Equal(("outcome", "MARKET_CLOSED"), ((string?)refused["of"], (string?)refused["logs"]![0]!["message"]));
        Assert.Equal("rejected 1", (string?)(await host.ReadAsync())["logs"]![0]!["message"]);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task Parameters_are_described_and_set(string language)
    {
        var (fast, slow) = language == "csharp" ? ("Fast", "Slow") : ("fast_len", "slow_len");
        await using var host = await HostProcess.StartAsync(language);
        await host.ReadAsync();
        await host.LoadAsync(SmaCross(language), new Dictionary<string, int>(StringComparer.Ordinal) { [fast] = 3, [slow] = 7 });

        var loaded = await host.ReadAsync();

        Assert.Equal("SmaCross", (string?)loaded["name"]);
        Assert.Equal(7, (int)loaded["warmUp"]!);
        Assert.Equal(
            $$"""[{"name":"{{fast}}","type":"int","default":5,"min":2,"max":100},{"name":"{{slow}}","type":"int","default":20,"min":5,"max":400}]""",
            loaded["parameters"]!.ToJsonString());
    }

    [Theory]
    [InlineData("csharp", """{"Nope":1}""", "There is no parameter Nope")]
    [InlineData("python", """{"nope":1}""", "There is no parameter nope")]
    [InlineData("csharp", """{"Fast":1}""", "outside 2 to 100")]
    [InlineData("python", """{"fast_len":1}""", "outside 2 to 100")]
    [InlineData("csharp", """{"Fast":"5"}""", "type int")]
    [InlineData("python", """{"fast_len":"5"}""", "type int")]
    public async Task A_parameter_that_does_not_fit_is_refused_by_name(string language, string parameters, string complaint)
    {
        await using var host = await HostProcess.StartAsync(language);
        await host.ReadAsync();
        await host.LoadAsync(SmaCross(language), JsonNode.Parse(parameters));

        var error = await host.ReadAsync();

        Assert.Equal("STRATEGY_ERROR", (string?)error["code"]);
        Assert.Contains(complaint, (string?)error["message"], StringComparison.Ordinal);
        Assert.Equal(1, (await host.ExitAsync()).Code);
    }

    [Fact]
    public async Task An_exception_names_its_class_handler_and_line()
    {
        await using var csharp = await HostProcess.LoadedAsync("csharp", Samples.OnBar("        var zero = 0;\n        Log((1 / zero).ToString());"));
        var error = await csharp.BarAsync(1, 100);
        Assert.Equal("DivideByZeroException in OnBar, line 6: Attempted to divide by zero.", (string?)error["message"]);
        Assert.Equal(1, (await csharp.ExitAsync()).Code);

        await using var python = await HostProcess.LoadedAsync("python", Samples.PythonOnBar("zero = 0\nself.log(1 / zero)"));
        error = await python.BarAsync(1, 100);
        Assert.Equal("ZeroDivisionError in on_bar, line 4: division by zero", (string?)error["message"]);
        Assert.Equal(1, (await python.ExitAsync()).Code);
    }

    [Theory]
    [InlineData("def f(:\n  pass", "line 1")]
    [InlineData("x = 1", "no class that derives from Strategy")]
    [InlineData("class A(Strategy): pass\nclass B(Strategy): pass", "2 classes")]
    [InlineData("raise ValueError('at once')", "ValueError in <module>, line 1: at once")]
    [InlineData("import sys\nsys.exit(0)", "SystemExit")]
    public async Task Python_that_cannot_be_loaded_says_why(string source, string complaint)
    {
        await using var host = await HostProcess.StartAsync("python");
        await host.ReadAsync();
        await host.LoadAsync(Encoding.UTF8.GetBytes(source));

        Assert.Contains(complaint, (string?)(await host.ReadAsync())["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("csharp")]
    [InlineData("python")]
    public async Task Log_lines_travel_with_the_answer_and_prints_go_to_the_log_pipe(string language)
    {
        var code = language == "csharp"
            ? Samples.Hostile("        Log(\"warning\", \"careful: \\u00e4\\\"\"); Console.WriteLine(\"printed\");")
            : Samples.PythonOnBar("self.log('careful: \\u00e4\"', 'warning')\nprint('printed')");
        await using var host = await HostProcess.LoadedAsync(language, code);

        var done = await host.BarAsync(1, 100);

        Assert.Equal("warning", (string?)done["logs"]![0]!["level"]);
        Assert.Equal("careful: ä\"", (string?)done["logs"]![0]!["message"]);
        host.CloseInput();
        var (exit, log) = await host.ExitAsync();
        Assert.Equal((0, "printed\n"), (exit, log));
    }

    [Theory]
    [InlineData("csharp")]
    [InlineData("python")]
    public async Task A_signal_carries_limit_time_in_force_confidence_and_metadata(string language)
    {
        var code = language == "csharp"
            ? Samples.OnBar("        Buy(10, limit: 167.648, tif: TimeInForce.Gtc, confidence: 0.5, metadata: new { rsi = 30.5 }, recordOnly: true);")
            : Samples.PythonOnBar("self.buy(10, limit=167.648, tif='gtc', confidence=0.5, metadata={'rsi': 30.5}, record_only=True)");
        await using var host = await HostProcess.LoadedAsync(language, code);

        var done = await host.BarAsync(1, 100);

        Assert.Equal(
            """[{"action":"BUY","quantity":"10","confidence":0.5,"orderType":"limit","limitPrice":"167.65","timeInForce":"gtc","recordOnly":true,"metadata":{"rsi":30.5}}]""",
            done["signals"]!.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task What_is_not_an_event_ends_the_conversation(string language)
    {
        foreach (var frame in (string[])["""{"type":"dance"}""", "not json", """{"seq":1}"""])
        {
            await using var host = await HostProcess.LoadedAsync(language, SmaCross(language));
            await host.SendRawAsync(Encoding.UTF8.GetBytes(frame));

            Assert.Equal("PROTOCOL_ERROR", (string?)(await host.ReadAsync())["code"]);
            Assert.Equal(1, (await host.ExitAsync()).Code);
        }
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_frame_longer_than_allowed_is_refused_before_it_is_read(string language)
    {
        await using var host = await HostProcess.LoadedAsync(language, SmaCross(language));
        await host.WriteAsync(new byte[] { 0xFF, 0xFF, 0xFF, 0x7F });

        Assert.Equal("PROTOCOL_ERROR", (string?)(await host.ReadAsync())["code"]);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task A_closed_pipe_ends_the_host(string language)
    {
        await using var host = await HostProcess.LoadedAsync(language, SmaCross(language));
        host.CloseInput();

        Assert.Equal(0, (await host.ExitAsync()).Code);
    }

    [Fact]
    public async Task The_compile_host_compiles_one_source_after_another()
    {
        await using var host = await HostProcess.StartAsync("compile");
        Assert.Equal("ready", (string?)(await host.ReadAsync())["type"]);

        await host.SendRawAsync(Encoding.UTF8.GetBytes("class X : Strategy { int y = z; }"));
        var error = await host.ReadAsync();
        Assert.Equal("COMPILE_ERROR", (string?)error["code"]);
        Assert.Equal((1, 30, "CS0103"), ((int)error["errors"]![0]!["line"]!, (int)error["errors"]![0]!["column"]!, (string)error["errors"]![0]!["id"]!));

        byte[]? before = null;
        for (var i = 0; i < 2; i++)
        {
            await host.SendRawAsync(Encoding.UTF8.GetBytes(Samples.Read("SmaCross.cs")));
            Assert.Equal("""{"type":"compiled","name":"SmaCross"}""", (await host.ReadAsync()).ToJsonString());
            var assembly = await host.ReadRawAsync();
            Assert.Equal(before ?? assembly, assembly);
            before = assembly;
        }

        host.CloseInput();
        Assert.Equal(0, (await host.ExitAsync()).Code);
    }

    private static byte[] SmaCross(string language) => language == "csharp"
        ? Samples.Compiled(Samples.Read("SmaCross.cs"))
        : Encoding.UTF8.GetBytes(Samples.Read("sma_cross.py"));

    private static object Bar(long seq) => new { type = "bar", seq, t = 1_380_873_600_000 + (seq * 60_000), o = 100.0, h = 100.0, l = 100.0, c = 100.0, v = 100 };

    private static double[] Row(int minute, double close) => [1_380_870_000_000 + (minute * 60_000.0), close, close, close, close, 100];

    private static object Filled(long seq, double quantity, double price, double cash, string symbol = "SPY") => new
    {
        type = "update",
        seq,
        cash,
        position = new { quantity, averagePrice = price },
        order = new
        {
            orderId = "0198f1b4-0000-7000-8000-000000000001",
            signalId = "0198f1b4-0000-7000-8000-000000000002",
            symbol,
            side = "BUY",
            status = "filled",
            quantity,
            filledQuantity = quantity,
            averageFillPrice = price,
            fill = new { executionId = "0198f1b4-0000-7000-8000-000000000003", quantity, price, fee = 0, feeAsset = "USD", occurredAt = "2013-10-04T13:32:00+00:00" },
            position = new { quantity, averagePrice = price },
            cash,
        },
    };
}
