using StratForge.Contracts.Hosting;
using StratForge.Worker.Market;
using StratForge.Worker.Validation;

namespace StratForge.Worker.Tests.Validation;

public sealed class TrialTests
{
    [Fact]
    public void The_trial_market_is_the_same_every_time_in_order_and_within_its_bars()
    {
        var bars = TrialBars.Make(2_000, isCrypto: false);

        Assert.Equal(bars, TrialBars.Make(2_000, isCrypto: false));
        Assert.Equal(bars.Take(100), TrialBars.Make(100, isCrypto: false));
        Assert.All(bars, bar => Assert.True(bar.Low <= Math.Min(bar.Open, bar.Close) && bar.High >= Math.Max(bar.Open, bar.Close) && bar.Low > 0, $"{bar}"));
        Assert.All(bars.Zip(bars.Skip(1)), pair => Assert.True(pair.First.UnixMilliseconds < pair.Second.UnixMilliseconds));
        Assert.InRange(bars.Max(bar => bar.High) / bars.Min(bar => bar.Low), 1.03, 3);
    }

    [Fact]
    public void An_order_fills_at_the_next_open_and_what_money_or_units_do_not_suffice_for_is_refused()
    {
        var account = new TrialAccount("SPY", 1_000);

        var placed = account.Place(new SignalFrame("BUY", "5"), 1, 100);
        var tooMuch = account.Place(new SignalFrame("BUY", "11"), 2, 100);
        var tooMany = account.Place(new SignalFrame("SELL", "6"), 3, 100);
        var filled = Assert.Single(account.Fill(new BarValues(0, 101, 103, 99, 102, 1)));

        Assert.Equal("accepted", placed!.Value.News.Status);
        Assert.Null(tooMuch);
        Assert.Null(tooMany);
        Assert.Equal((2, 1), (account.Refused, account.Fills));
        Assert.Equal(("filled", 101m, 495m, 5m, 1L), (filled.News.Status, filled.News.AverageFillPrice, filled.News.Cash, filled.News.Position.Quantity, filled.Ticket));
    }

    [Fact]
    public void A_limit_waits_for_its_bar_and_a_canceled_order_waits_for_nothing()
    {
        var account = new TrialAccount("SPY", 10_000);
        account.Place(new SignalFrame("BUY", "1", OrderType: "limit", LimitPrice: "95"), 1, 100);
        account.Place(new SignalFrame("BUY", "1", OrderType: "limit", LimitPrice: "90"), 2, 100);

        Assert.Empty(account.Fill(new BarValues(0, 100, 101, 96, 100, 1)));
        Assert.Equal(95m, Assert.Single(account.Fill(new BarValues(0, 97, 98, 94, 96, 1))).News.AverageFillPrice);
        Assert.Equal("canceled", Assert.Single(account.Cancel(ids: null)).News.Status);
        Assert.False(account.HasOpenOrders);
    }

    [Fact]
    public void What_is_recorded_only_is_no_order_and_what_is_no_signal_says_so()
    {
        var account = new TrialAccount("SPY", 10_000);

        Assert.Null(account.Place(new SignalFrame("BUY", "1", RecordOnly: true), 1, 100));
        Assert.False(account.HasOpenOrders);
        Assert.Throws<FormatException>(() => account.Place(new SignalFrame("HOLD", "1"), 2, 100));
        Assert.Throws<FormatException>(() => account.Place(new SignalFrame("BUY", "-1"), 3, 100));
    }

    [Fact]
    public void The_first_place_at_which_two_runs_part_is_named()
    {
        TrialSignal[] whole = [new(3, "bar", "BUY 10 market"), new(7, "bar", "SELL 10 market"), new(9, "bar", "BUY 1 market")];

        Assert.Null(Examination.FirstDifference(whole, [.. whole]));
        Assert.Equal("bar 8 gives SELL 10 instead of SELL 5", Examination.FirstDifference(whole, [whole[0], new(7, "bar", "SELL 5 market")]));
        Assert.Equal("bar 8 gives SELL 10 instead of nothing", Examination.FirstDifference(whole, [whole[0], whole[2]]));
        Assert.Equal("bar 6 gives nothing instead of BUY 2", Examination.FirstDifference(whole, [whole[0], new(5, "bar", "BUY 2 market")]));
    }
}
