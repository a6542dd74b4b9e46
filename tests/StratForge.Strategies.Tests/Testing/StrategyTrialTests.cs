using StratForge.Strategies.Indicators;
using StratForge.Strategies.Testing;

namespace StratForge.Strategies.Tests.Testing;

/// <summary>The kit that authors test their strategies with.</summary>
public sealed class StrategyTrialTests
{
    [Fact]
    public void One_line_feeds_bars_and_asserts_signals() =>
        StrategyTrial.Of(new Cross { Fast = 2, Slow = 3 }).Closes(10, 10, 10, 12, 9, 9).ShouldSignal("BUY 1666", "SELL 1666");

    [Fact]
    public void What_was_expected_and_did_not_happen_is_said()
    {
        var failure = Assert.Throws<TrialFailedException>(
            () => StrategyTrial.Of(new Cross { Fast = 2, Slow = 3 }).Closes(10, 10, 10, 12).ShouldSignal("SELL 5"));

        Assert.Equal("Expected [SELL 5], but it signalled [BUY 1666].", failure.Message);
        StrategyTrial.Of(new Cross()).Closes(10, 10).ShouldNotSignal();
    }

    [Theory]
    [InlineData(null, null, 12.0)]
    [InlineData(11.0, null, 11.0)]
    [InlineData(13.0, null, 12.0)]
    [InlineData(null, 12.5, 12.5)]
    [InlineData(null, 11.5, 12.0)]
    [InlineData(9.0, null, null)]
    [InlineData(null, 15.0, null)]
    public void Orders_fill_at_the_open_or_where_they_are_reached(double? limit, double? stop, double? price)
    {
        var trial = StrategyTrial.Of(new Once(new Signal(SignalAction.Buy, 1) { LimitPrice = limit, StopPrice = stop })).Closes(10);

        trial.Bars(new Bar("SPY", NextMinute, 12, 14, 10, 13, 100));

        Assert.Equal(price, trial.Fills.Count == 0 ? null : trial.Fills[0].Price);
    }

    [Fact]
    public void A_trailing_stop_follows_the_price_up()
    {
        var trial = StrategyTrial.Of(new Trailing()).Closes(100, 100, 110, 120, 117, 113);

        // Bought at 100; the best price was 120, so the stop lies at 114.
        Assert.Equal([100, 113], trial.Fills.Select(fill => fill.Price));
        Assert.Equal(100_130, trial.Equity);
    }

    [Fact]
    public void Notes_can_be_looked_at()
    {
        var trial = StrategyTrial.Of(new Noting()).Closes(10).Trade(11, 5).Quote(10, 12).Stop();

        Assert.Equal(["info: bar {\"close\":10}", "warning: trade 11", "info: quote 10 12", "info: User"], trial.Logs);
        Assert.Equal(("close", 10.0), (trial.Plots[0].Name, trial.Plots[0].Value));
        Assert.Equal("here", Assert.Single(trial.Marks).Text);
    }

    private static readonly long NextMinute = StrategyTrial.MondayMorning.AddMinutes(1).ToUnixTimeMilliseconds();

    private sealed class Cross : Strategy
    {
        private Sma fast = null!, slow = null!;

        public int Fast { get; init; } = 5;

        public int Slow { get; init; } = 20;

        public override void OnStart() => (fast, slow) = (Sma(Fast), Sma(Slow));

        public override Signal? OnBar(Bar bar) => fast.CrossedAbove(slow) ? TargetPercent(0.2) : fast.CrossedBelow(slow) ? Close() : null;
    }

    private sealed class Once(Signal signal) : Strategy
    {
        public override Signal? OnBar(Bar bar) => Bars.Count == 1 ? signal : null;
    }

    private sealed class Trailing : Strategy
    {
        public override Signal? OnBar(Bar bar) => Bars.Count == 1 ? Buy(10) : Bars.Count == 2 ? Sell(10, trailPercent: 5) : null;
    }

    private sealed class Noting : Strategy
    {
        public override void OnStart()
        {
            SubscribeTrades();
            SubscribeQuotes();
        }

        public override Signal? OnBar(Bar bar)
        {
            Log("info", "bar", new { close = bar.Close });
            Plot("close", bar.Close);
            Plot("not yet", double.NaN);
            Mark("here");
            return null;
        }

        public override Signal? OnTrade(Trade trade)
        {
            Log("warning", $"trade {trade.Price}");
            return null;
        }

        public override Signal? OnQuote(Quote quote)
        {
            Log($"quote {quote.Bid} {quote.Ask}");
            return null;
        }

        public override void OnStop(StopReason reason) => Log(reason.ToString());
    }
}
