using StratForge.Strategies.Testing;

namespace StratForge.Strategies.Tests.Running;

public sealed class TicketsAndStateTests
{
    [Fact]
    public void A_ticket_follows_its_order()
    {
        var strategy = new Buyer();
        var trial = StrategyTrial.Of(strategy).Closes(100);
        var ticket = strategy.Sent!.Ticket!;
        Assert.Equal((1, "accepted", "order-1", false), (ticket.Number, ticket.Status, ticket.OrderId, ticket.IsOver));
        Assert.Equal("order-1", Assert.Single(strategy.Open).OrderId);

        trial.Closes(101);

        Assert.Equal(("filled", 10, 101, true), (ticket.Status, ticket.FilledQuantity, ticket.AverageFillPrice, ticket.IsOver));
        Assert.Empty(strategy.Open);
        Assert.Same(ticket, strategy.Updates[^1].Ticket);
    }

    [Fact]
    public void Exits_wait_on_the_position_and_closing_takes_them_back()
    {
        var strategy = new Bracketed();
        var trial = StrategyTrial.Of(strategy).Closes(100, 100, 100);
        Assert.Equal(["take_profit", "stop_loss"], strategy.Open.Select(order => order.Exit));

        strategy.Leaves = true;
        trial.Closes(100, 100);

        Assert.True(trial.Position.IsFlat);
        Assert.Empty(strategy.Open);
        trial.ShouldSignal("BUY 10 take profit 110 stop loss 95", "SELL 10");
    }

    [Fact]
    public void Of_two_exits_the_one_that_is_filled_cancels_the_other()
    {
        var strategy = new Bracketed();
        var trial = StrategyTrial.Of(strategy).Closes(100, 100, 100, 111);

        Assert.True(trial.Position.IsFlat);
        Assert.Equal([100, 111], trial.Fills.Select(fill => fill.Price));
        Assert.Equal(["order-2 filled", "order-3 canceled"], strategy.Updates.TakeLast(2).Select(update => $"{update.OrderId} {update.Status}"));
    }

    [Fact]
    public void What_is_explained_goes_along_with_the_next_signal_of_the_event()
    {
        var trial = StrategyTrial.Of(new Explaining(), fills: false).Closes(1, 2, 3);

        Assert.Equal(
            ["""{"explain":"why \"so\""}""", """{"explain":"why \"so\"","rsi":30}""", "null"],
            trial.RawSignals.Select(signal => signal.MetadataJson is { } json ? System.Text.Encoding.UTF8.GetString(json) : "null"));
    }

    [Fact]
    public void State_is_handed_on_when_it_changed_and_comes_back()
    {
        var trial = StrategyTrial.Of(new Counting()).Closes(1, 2, 3);
        Assert.Equal("""{"bars":3,"last":{"Close":3}}""", trial.State);

        var restored = new Counting();
        Assert.Equal("""{"bars":4,"last":{"Close":9}}""", StrategyTrial.Of(restored, state: trial.State).Closes(9).State);
        Assert.Equal(3, restored.Restored);
    }

    [Fact]
    public void More_state_than_fits_or_of_another_kind_is_refused()
    {
        Assert.Throws<ArgumentException>(() => StrategyTrial.Of(new Keeping(one => one.Set("x", new string('x', 17_000)))).Closes(1));
        Assert.Throws<ArgumentException>(() => StrategyTrial.Of(new Keeping(one => one.Set("x", double.NaN))).Closes(1));
        Assert.Throws<InvalidOperationException>(() => StrategyTrial.Of(new Keeping(one =>
        {
            one.Set("x", "text");
            one.Get("x", 0);
        })).Closes(1));
    }

    [Theory]
    [InlineData(1.0, 2.0, null)]
    [InlineData(null, 100.0, null)]
    [InlineData(1.0, null, 50.0)]
    public void A_trailing_stop_has_one_distance_and_no_limit(double? trail, double? percent, double? limit) =>
        Assert.Throws<ArgumentException>(() => StrategyTrial.Of(new Sending(new Signal(SignalAction.Buy, 1) { TrailPrice = trail, TrailPercent = percent, LimitPrice = limit })).Closes(1));

    [Fact]
    public void A_signal_says_itself_in_one_line()
    {
        var signal = new Signal(SignalAction.Sell, 5) { Symbol = "MSFT", StopPrice = 95, LimitPrice = 94.5, RecordOnly = true };
        Assert.Equal(("SELL 5 MSFT limit 94.5 stop 95 record only", "stop_limit"), (signal.ToString(), signal.OrderType));
    }

    private sealed class Buyer : Strategy
    {
        public Signal? Sent { get; private set; }

        public List<OrderUpdate> Updates { get; } = [];

        public IReadOnlyList<OrderUpdate> Open => OpenOrders;

        public override Signal? OnBar(Bar bar) => Sent is null ? Sent = Buy(10) : null;

        public override void OnOrder(OrderUpdate update) => Updates.Add(update);
    }

    private sealed class Bracketed : Strategy
    {
        public bool Leaves { get; set; }

        public List<OrderUpdate> Updates { get; } = [];

        public IReadOnlyList<OrderUpdate> Open => OpenOrders;

        public override Signal? OnBar(Bar bar) =>
            Bars.Count == 1 ? Target(10, takeProfit: 110, stopLoss: 95) : Leaves ? Close() : null;

        public override void OnOrder(OrderUpdate update) => Updates.Add(update);
    }

    private sealed class Explaining : Strategy
    {
        public override Signal? OnBar(Bar bar)
        {
            if (bar.Close < 3)
            {
                Explain("why \"so\"");
            }

            return bar.Close == 2 ? Buy(1, metadata: new { rsi = 30 }) : Buy(1);
        }
    }

    private sealed class Counting : Strategy
    {
        public int Restored { get; private set; }

        public override void OnRestore() => Restored = State.Get("bars", 0);

        public override Signal? OnBar(Bar bar)
        {
            State.Set("bars", State.Get("bars", 0) + 1);
            State.Set("last", new { bar.Close });
            return null;
        }
    }

    private sealed class Keeping(Action<StrategyState> keep) : Strategy
    {
        public override Signal? OnBar(Bar bar)
        {
            keep(State);
            return null;
        }
    }

    private sealed class Sending(Signal signal) : Strategy
    {
        public override Signal? OnBar(Bar bar) => signal;
    }
}
