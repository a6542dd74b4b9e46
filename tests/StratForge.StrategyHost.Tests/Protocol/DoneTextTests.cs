using System.Text;
using StratForge.Strategies;
using StratForge.Strategies.Running;
using StratForge.StrategyHost.Protocol;

namespace StratForge.StrategyHost.Tests.Protocol;

public sealed class DoneTextTests
{
    private static readonly Bar Bar = new("SPY", 0, 10, 10, 10, 10, 1);

    [Fact]
    public void A_market_order_says_no_more_than_it_must() => Assert.Equal(
        """{"type":"done","of":"bar","seq":7,"signals":[{"action":"BUY","quantity":"119","confidence":1}]}""",
        Answer(new Emitting(new Signal(SignalAction.Buy, 119))));

    [Fact]
    public void Everything_a_signal_may_say_is_written() => Assert.Equal(
        """{"type":"done","of":"bar","seq":7,"signals":[{"action":"SELL","quantity":"0.123456789","confidence":0.85,"orderType":"limit","limitPrice":"10.01","timeInForce":"ioc","recordOnly":true,"metadata":{"why":"so \u0022it\u0022 is"}}]}"""
            .Replace("\\u0022", "\\\"", StringComparison.Ordinal),
        Answer(new Emitting(new Signal(SignalAction.Sell, 0.123456789, 0.85, new { why = "so \"it\" is" })
        {
            LimitPrice = 10.009, TimeInForce = TimeInForce.Ioc, RecordOnly = true,
        })));

    [Fact]
    public void Several_signals_and_lines_follow_each_other() => Assert.Equal(
        """{"type":"done","of":"bar","seq":7,"signals":[{"action":"BUY","quantity":"1","confidence":1},{"action":"SELL","quantity":"2.5","confidence":0.5}],"logs":[{"level":"info","message":"a\nb"},{"level":"warning","message":"ü"}]}""",
        Answer(new Emitting(new Signal(SignalAction.Buy, 1), new Signal(SignalAction.Sell, 2.5, 0.5)) { Says = [("info", "a\nb"), ("warning", "ü")] }));

    [Fact]
    public void Silence_is_an_answer() => Assert.Equal("""{"type":"done","of":"bar","seq":7}""", Answer(new Emitting()));

    private static string Answer(Strategy strategy)
    {
        var run = StrategyRun.Start(strategy, new RunSettings("SPY", IsCrypto: false, Seed: 1, Cash: 1_000, new Position(0, 0)));
        run.OnBar(Bar);
        return Encoding.UTF8.GetString(new DoneText().Write("bar"u8, 7, run, isCrypto: false));
    }

    private sealed class Emitting(params Signal[] signals) : Strategy
    {
        public (string Level, string Message)[] Says { get; init; } = [];

        public override Signal? OnBar(Bar bar)
        {
            foreach (var (level, message) in Says)
            {
                Run.Notes.Log(level, message, fields: null);
            }

            foreach (var signal in signals)
            {
                Run.Send(signal);
            }

            return null;
        }
    }
}
