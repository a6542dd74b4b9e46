using StratForge.Strategies.Indicators;
using StratForge.Strategies.Running;

namespace StratForge.Strategies.Tests.Running;

public sealed class StrategyRunTests
{
    [Fact]
    public void The_bar_handler_is_first_called_when_the_slowest_indicator_is_ready()
    {
        var seen = 0;
        var strategy = new Scripted { Start = one => one.Declares(new Sma(3)), Bar = (_, _) => { seen++; return null; } };
        var run = Start(strategy);

        Assert.Equal(3, run.WarmUp);
        Feed(run, 10, 11);
        Assert.Equal(0, seen);
        Feed(run, 12);
        Assert.Equal(1, seen);
    }

    [Fact]
    public void Bars_of_history_warm_up_without_calling_the_handler()
    {
        var seen = new List<double>();
        Sma? average = null;
        var strategy = new Scripted { Start = one => average = one.Declares(new Sma(3)), Bar = (_, _) => { seen.Add(average!.Value); return null; } };
        var run = Start(strategy);
        foreach (var bar in SomeBars.Closing(10, 11, 12))
        {
            run.Warm(bar);
        }

        Feed(run, 13);

        Assert.Equal([12.0], seen);
    }

    [Fact]
    public void A_helpers_signal_goes_out_once_whether_it_is_returned_or_not()
    {
        var kept = Start(new Scripted { Bar = (one, _) => { one.Buys(10); return null; } });
        var returned = Start(new Scripted { Bar = (one, _) => one.Buys(10) });

        Assert.Equal(10, Assert.Single(Feed(kept, 100)).Quantity);
        Assert.Equal(10, Assert.Single(Feed(returned, 100)).Quantity);
    }

    [Fact]
    public void A_changed_copy_of_a_helpers_signal_goes_out_in_its_place()
    {
        var run = Start(new Scripted { Bar = (one, _) => one.Buys(10) with { RecordOnly = true } });

        Assert.True(Assert.Single(Feed(run, 100)).RecordOnly);
    }

    [Fact]
    public void Several_signals_of_one_bar_go_out_in_the_order_they_were_made()
    {
        var run = Start(new Scripted
        {
            Bar = (one, _) =>
            {
                one.Buys(1);
                one.Sells(2);
                return new Signal(SignalAction.Buy, 3);
            },
        });

        Assert.Equal([1.0, 2.0, 3.0], Feed(run, 100).Select(signal => signal.Quantity));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e-10)]
    public void A_quantity_that_cannot_be_traded_is_refused_where_it_is_asked_for(double quantity)
    {
        var run = Start(new Scripted { Bar = (one, _) => one.Buys(quantity) });

        Assert.Throws<ArgumentException>(() => Feed(run, 100));
    }

    [Fact]
    public void More_than_ten_signals_of_one_event_are_refused()
    {
        var run = Start(new Scripted
        {
            Bar = (one, _) =>
            {
                for (var i = 0; i < 11; i++)
                {
                    one.Buys(1);
                }

                return null;
            },
        });

        Assert.Throws<InvalidOperationException>(() => Feed(run, 100));
    }

    [Fact]
    public void Nothing_can_be_ordered_while_starting_or_stopping()
    {
        Assert.Throws<InvalidOperationException>(() => Start(new Scripted { Start = one => one.Buys(1) }));

        var run = Start(new Scripted { Stop = one => one.Buys(1) });
        Assert.Throws<InvalidOperationException>(() => run.OnStop(StopReason.User));
    }

    [Fact]
    public void Indicators_are_declared_at_the_start_or_not_at_all()
    {
        var run = Start(new Scripted { Bar = (one, _) => { one.Declares(new Sma(3)); return null; } });

        Assert.Throws<InvalidOperationException>(() => Feed(run, 100));
    }

    [Fact]
    public void A_fifth_of_the_equity_buys_that_many_whole_shares()
    {
        var run = Start(new Scripted { Bar = (one, _) => one.TargetsPercent(0.2) }, cash: 100_000);

        // 20,000 / 167.65 = 119.29...
        Assert.Equal(119, Assert.Single(Feed(run, 167.65)).Quantity);
    }

    [Fact]
    public void A_fifth_of_the_equity_buys_a_millionth_of_a_coin_less_at_most()
    {
        var run = Start(new Scripted { Bar = (one, _) => one.TargetsPercent(0.2) }, cash: 100_000, isCrypto: true);

        // 20,000 / 61,234.56 = 0.3266129...
        Assert.Equal(0.326612, Assert.Single(Feed(run, 61_234.56)).Quantity);
    }

    [Fact]
    public void All_of_the_cash_leaves_room_for_what_the_platform_reserves()
    {
        var run = Start(new Scripted { Bar = (one, _) => one.TargetsPercent(1.0) }, cash: 100_000);

        // 100,000 / (100 x 1.02) = 980.39...: reserved at 102 each, 99,960.
        Assert.Equal(980, Assert.Single(Feed(run, 100)).Quantity);
    }

    [Fact]
    public void A_target_counts_what_is_held_and_what_open_orders_will_bring()
    {
        var run = Start(new Scripted { Bar = (one, _) => one.Targets(100) }, held: 30);
        run.OnUpdate(50_000, new Position(30, 100), Update("a", SignalAction.Buy, "new", quantity: 50, filled: 0), fill: null);

        Assert.Equal(20, Assert.Single(Feed(run, 100)).Quantity);
    }

    [Fact]
    public void A_target_that_is_met_sends_nothing()
    {
        var run = Start(new Scripted { Bar = (one, _) => one.Targets(30) }, held: 30);

        Assert.Empty(Feed(run, 100));
    }

    [Fact]
    public void Closing_sells_exactly_what_is_held_dust_included()
    {
        var run = Start(new Scripted { Bar = (one, _) => one.Closes() }, held: 0.123456789, isCrypto: true);

        var signal = Assert.Single(Feed(run, 100));
        Assert.Equal((SignalAction.Sell, "0.123456789"), (signal.Action, Lots.Quantity(signal.Quantity)));
    }

    [Fact]
    public void Closing_does_not_sell_again_what_is_being_sold()
    {
        var run = Start(new Scripted { Bar = (one, _) => one.Closes() }, held: 10);
        run.OnUpdate(0, new Position(10, 100), Update("a", SignalAction.Sell, "accepted", quantity: 10, filled: 0), fill: null);
        Assert.Empty(Feed(run, 100));

        run.OnUpdate(0, new Position(10, 100), Update("a", SignalAction.Sell, "canceled", quantity: 10, filled: 0), fill: null);
        Assert.Equal(10, Assert.Single(Feed(run, 100)).Quantity);
    }

    [Fact]
    public void No_helper_sells_more_than_is_held()
    {
        var run = Start(new Scripted { Bar = (one, _) => one.Targets(-5) }, held: 3);

        var signal = Assert.Single(Feed(run, 100));
        Assert.Equal((SignalAction.Sell, 3.0), (signal.Action, signal.Quantity));
    }

    [Fact]
    public void A_fill_is_told_before_the_order_and_with_the_account_it_left()
    {
        var told = new List<string>();
        var run = Start(new Scripted
        {
            Fill = (one, fill) => told.Add($"fill {fill.Quantity} at {fill.Price}, cash {one.MyCash}, holds {one.Holds}"),
            Order = (_, update) => told.Add($"order {update.Status}"),
        });
        var at = new DateTimeOffset(2013, 10, 4, 13, 31, 0, TimeSpan.Zero);
        var position = new Position(5, 100);

        run.OnUpdate(500, position, Update("a", SignalAction.Buy, "filled", 5, 5), new Fill("a", "SPY", SignalAction.Buy, 5, 100, 0, "USD", at, position));

        Assert.Equal(["fill 5 at 100, cash 500, holds 5", "order filled"], told);
        Assert.Equal(at, run.Clock.Now);
    }

    [Fact]
    public void The_clock_shows_the_end_of_the_bar_and_never_goes_back()
    {
        var run = Start(new Scripted());
        var bars = SomeBars.Closing(1, 2);

        run.OnBar(bars[1]);
        Assert.Equal(bars[1].ClosesAt, run.Clock.Now);
        run.OnBar(bars[0]);
        Assert.Equal(bars[1].ClosesAt, run.Clock.Now);
    }

    [Fact]
    public void The_newest_bar_comes_first_and_the_oldest_is_forgotten_at_a_thousand()
    {
        var run = Start(new Scripted());
        foreach (var bar in SomeBars.Walk(1, 2_500))
        {
            run.OnBar(bar);
        }

        var all = SomeBars.Walk(1, 2_500);
        Assert.Equal(BarHistory.LeastKept, run.DefaultFeed.Bars.Count);
        Assert.Equal(all[^1], run.DefaultFeed.Bars[0]);
        Assert.Equal(all[^1_000], run.DefaultFeed.Bars[999]);
        Assert.Equal(all[^3..], run.DefaultFeed.Bars.Last(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => run.DefaultFeed.Bars[1_000]);
    }

    [Fact]
    public void A_log_that_floods_is_cut_and_says_so()
    {
        var run = Start(new Scripted
        {
            Bar = (one, _) =>
            {
                for (var i = 0; i < 1_000; i++)
                {
                    one.Says(new string('x', 1_000));
                }

                return null;
            },
        });

        Feed(run, 100);

        Assert.InRange(run.Notes.Logs.Count, 10, 17);
        Assert.Contains("dropped", run.Notes.Logs[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Metadata_is_taken_as_it_is_at_that_moment_and_at_most_four_kibibytes_of_it()
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["rsi"] = 30.5 };
        var run = Start(new Scripted
        {
            Bar = (one, _) =>
            {
                var signal = one.Buys(1, data);
                data["rsi"] = 99;
                return signal;
            },
        });
        Assert.Equal("""{"rsi":30.5}"""u8.ToArray(), Assert.Single(Feed(run, 100)).MetadataJson);

        data["rsi"] = new string('x', 5_000);
        Assert.Throws<ArgumentException>(() => Feed(run, 100));
    }

    private static StrategyRun Start(Strategy strategy, double cash = 100_000, double held = 0, bool isCrypto = false) =>
        StrategyRun.Start(strategy, new RunSettings("SPY", isCrypto, Seed: 1, cash, new Position(held, held == 0 ? 0 : 100)));

    private static IReadOnlyList<Signal> Feed(StrategyRun run, params double[] closes)
    {
        IReadOnlyList<Signal> last = [];
        foreach (var bar in SomeBars.Closing(closes))
        {
            run.Answered();
            run.OnBar(bar);
            last = [.. run.Signals];
        }

        return last;
    }

    private static OrderUpdate Update(string id, SignalAction action, string status, double quantity, double filled) =>
        new(id, "SPY", action, status, quantity, filled, AverageFillPrice: null, Reason: null);

    /// <summary>A strategy whose handlers a test writes in place.</summary>
    private sealed class Scripted : Strategy
    {
        public Action<Scripted>? Start { get; init; }

        public Func<Scripted, Bar, Signal?>? Bar { get; init; }

        public Action<Scripted, Fill>? Fill { get; init; }

        public Action<Scripted, OrderUpdate>? Order { get; init; }

        public Action<Scripted>? Stop { get; init; }

        public double MyCash => Cash;

        public double Holds => Position.Quantity;

        public override void OnStart() => Start?.Invoke(this);

        public override Signal? OnBar(Bar bar) => Bar?.Invoke(this, bar);

        public override void OnFill(Fill fill) => Fill?.Invoke(this, fill);

        public override void OnOrder(OrderUpdate update) => Order?.Invoke(this, update);

        public override void OnStop(StopReason reason) => Stop?.Invoke(this);

        public T Declares<T>(T indicator)
            where T : Indicator => Declare(indicator);

        public Signal Buys(double quantity, object? metadata = null) => Buy(quantity, metadata: metadata);

        public Signal Sells(double quantity) => Sell(quantity);

        public Signal? Closes() => Close();

        public Signal? Targets(double quantity) => Target(quantity);

        public Signal? TargetsPercent(double share) => TargetPercent(share);

        public void Says(string text) => Log(text);
    }
}
