using StratForge.Strategies.Testing;

namespace StratForge.Strategies.Tests.Running;

/// <summary>What comes before what: determinism depends on it.</summary>
public sealed class OrderOfEventsTests
{
    [Fact]
    public void At_one_instant_fills_come_first_then_updates_bars_by_symbol_and_length_then_timers()
    {
        var diary = new Diary("MSFT");
        var trial = StrategyTrial.Of(diary, from: StrategyTrial.MondayMorning);
        var from = StrategyTrial.MondayMorning.ToUnixTimeMilliseconds();
        Bar ABar(string symbol, int minute) => new(symbol, from + (minute * Bar.LengthMs), 10, 10, 10, 10, 100);

        // Handed over in any order: the trial sorts them as the platform does.
        trial.Bars(from i in Enumerable.Range(0, 5) from symbol in new[] { "SPY", "MSFT" } select ABar(symbol, i));

        Assert.Equal(
            [
                "14:31 bar MSFT 1m", "14:31 bar SPY 1m", "14:31 accepted",
                "14:31 fill", "14:31 filled",
                "14:32 bar MSFT 1m", "14:32 bar SPY 1m", "14:33 bar MSFT 1m", "14:33 bar SPY 1m", "14:34 bar MSFT 1m", "14:34 bar SPY 1m",
                "14:35 bar MSFT 1m", "14:35 bar MSFT 5m", "14:35 bar SPY 1m", "14:35 bar SPY 5m", "14:35 timer every 5m", "14:35 timer 14:35 UTC",
            ],
            diary.Entries);
    }

    [Fact]
    public void What_the_clock_passes_comes_before_the_bar_that_shows_it()
    {
        var diary = new Diary(other: null);
        var trial = StrategyTrial.Of(diary);
        var from = StrategyTrial.MondayMorning.ToUnixTimeMilliseconds();

        // The minutes up to 14:35 and beyond are missing.
        trial.Bars(new Bar("SPY", from, 10, 10, 10, 10, 100), new Bar("SPY", from + (20 * Bar.LengthMs), 11, 11, 11, 11, 100));

        Assert.Equal(
            [
                "14:31 bar SPY 1m", "14:31 accepted", "14:50 fill", "14:50 filled", "14:50 bar SPY 5m", "14:50 timer every 5m", "14:50 timer 14:35 UTC",
                "14:51 bar SPY 1m",
            ],
            diary.Entries);
    }

    [Fact]
    public void Several_signals_of_one_event_see_each_other()
    {
        var trial = StrategyTrial.Of(new Doubled()).Closes(100);

        // 100,000 buys 500; 48,999.99... are left after 2 % more were set aside: 480 of the 500 more.
        trial.ShouldSignal("BUY 500", "BUY 480");
    }

    [Fact]
    public void A_refusal_is_told_and_can_be_answered_at_the_next_event()
    {
        var refused = new Greedy();
        var trial = StrategyTrial.Of(refused).Closes(100, 100);

        Assert.Equal(["rejected INSUFFICIENT_FUNDS of ticket 1", "rejected INSUFFICIENT_FUNDS of ticket 2"], refused.Told);
        Assert.Empty(trial.Fills);
        Assert.Throws<InvalidOperationException>(() => StrategyTrial.Of(new Greedy { AsksAgain = true }).Closes(100));
    }

    private sealed class Diary(string? other) : Strategy
    {
        public List<string> Entries { get; } = [];

        public override void OnStart()
        {
            foreach (var symbol in new[] { Symbol, other })
            {
                if (symbol is not null)
                {
                    Subscribe(symbol);
                    Subscribe(symbol, "5m");
                }
            }

            Every(5);
            At("14:35 UTC");
        }

        public override Signal? OnBar(Bar bar)
        {
            Write($"bar {bar.Symbol} {bar.Timeframe}");
            return Entries.Count == (other is null ? 1 : 2) ? Buy(1) : null;
        }

        public override void OnFill(Fill fill) => Write("fill");

        public override void OnOrder(OrderUpdate update) => Write(update.Status);

        public override void OnTimer(TimerEvent timer) => Write($"timer {timer.Name}");

        private void Write(string what) => Entries.Add($"{Clock.Now:HH:mm} {what}");
    }

    private sealed class Doubled : Strategy
    {
        public override Signal? OnBar(Bar bar)
        {
            Buy(500);
            return TargetPercent(1);
        }
    }

    private sealed class Greedy : Strategy
    {
        public bool AsksAgain { get; init; }

        public List<string> Told { get; } = [];

        public override Signal? OnBar(Bar bar) => Buy(100_000);

        public override void OnOrder(OrderUpdate update)
        {
            Told.Add($"{update.Status} {update.Reason} of ticket {update.Ticket?.Number}");
            if (AsksAgain)
            {
                Buy(100_000);
            }
        }
    }
}
