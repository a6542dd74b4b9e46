using StratForge.Strategies.Running;

namespace StratForge.Strategies;

/// <summary>One trading idea. Derive a class from it and override what matters; <see cref="OnBar"/> is enough.</summary>
/// <remarks>Handlers run one at a time, in the order of events; at one instant fills come first, then order updates, trades and quotes, bars (symbols in
/// ordinal order, shorter bars before longer ones) and timers. The helpers <see cref="Buy"/>, <see cref="Sell"/>, <see cref="Close"/>, <see cref="Target"/>
/// and <see cref="TargetPercent"/> send a signal as soon as they are called; returning it as well changes nothing. Several signals of one
/// handler go out in order. Nothing of this is reachable in the constructor: set up in <see cref="OnStart"/>.</remarks>
public abstract partial class Strategy
{
    private StrategyRun? _run;

    internal StrategyRun Run
    {
        get => _run ?? throw new InvalidOperationException(
            "A strategy's surroundings exist from OnStart on; the constructor and field initialisers come before.");
        set => _run = value;
    }

    /// <summary>Called once, first: declare indicators, subscriptions and timers here. No signals.</summary>
    public virtual void OnStart()
    {
    }

    /// <summary>The strategy goes on from a <see cref="State"/> that was kept. After <see cref="OnStart"/>, before any event. No signals.</summary>
    public virtual void OnRestore()
    {
    }

    /// <summary>A bar has closed. Not called until every declared indicator is ready and <see cref="MinBars"/> were seen.</summary>
    /// <returns>A signal to send, or null.</returns>
    public virtual Signal? OnBar(Bar bar) => null;

    /// <summary>The market traded. Only after <see cref="SubscribeTrades"/>, and where trades are fed.</summary>
    /// <returns>A signal to send, or null.</returns>
    public virtual Signal? OnTrade(Trade trade) => null;

    /// <summary>The best bid or offer changed. Only after <see cref="SubscribeQuotes"/>, and where quotes are fed.</summary>
    /// <returns>A signal to send, or null.</returns>
    public virtual Signal? OnQuote(Quote quote) => null;

    /// <summary>Something happened to an order of this session. <see cref="Position"/> and <see cref="Cash"/> already show it.</summary>
    public virtual void OnOrder(OrderUpdate update)
    {
    }

    /// <summary>An order of this session was executed, wholly or in part. Comes before <see cref="OnOrder"/> of the same event.</summary>
    public virtual void OnFill(Fill fill)
    {
    }

    /// <summary>A timer is due: see <see cref="At"/>, <see cref="BeforeClose"/>, <see cref="AfterOpen"/> and <see cref="Every"/>.</summary>
    public virtual void OnTimer(TimerEvent timer)
    {
    }

    /// <summary>The session ends. May log; no signals: what happens to a position at the end is the session's policy.</summary>
    public virtual void OnStop(StopReason reason)
    {
    }

    /// <summary>Bars wanted before the first <see cref="OnBar"/>, beyond what the indicators want. 0 to 10,000.</summary>
    public virtual int MinBars => 0;

    /// <summary>Version of the shape of <see cref="State"/>: raise it when old values mean something else.</summary>
    public virtual int StateVersion => 1;

    /// <summary>The session's symbol.</summary>
    protected string Symbol => Run.Symbol;

    /// <summary>Whether the session's symbol is a crypto pair: it trades around the clock and in parts.</summary>
    protected bool IsCrypto => Run.IsCrypto;

    /// <summary>What the session holds of its symbol.</summary>
    protected Position Position => Run.Position;

    /// <summary>What the session holds of a symbol it subscribed to.</summary>
    protected Position PositionOf(string symbol) => Run.PositionOf(symbol);

    /// <summary>Cash that is free to spend by what was last told, USD: what open orders have reserved is not in it.</summary>
    protected double Cash => Run.Cash;

    /// <summary><see cref="Cash"/> less what the signals of this very event will reserve, USD.</summary>
    protected double BuyingPower => Run.BuyingPower;

    /// <summary><see cref="Cash"/> plus all positions at their last price, USD.</summary>
    protected double Equity => Run.Equity;

    /// <summary>Orders of this session that are not over, oldest first; exits of brackets included.</summary>
    protected IReadOnlyList<OrderUpdate> OpenOrders => Run.OpenOrders;

    /// <summary>Bars seen so far: <c>Bars[0]</c> is the newest closed one. Of other feeds: <see cref="BarFeed.Bars"/>.</summary>
    protected BarHistory Bars => Run.DefaultFeed.Bars;

    /// <summary>The time of the event being handled.</summary>
    protected EventClock Clock => Run.Clock;

    /// <summary>Random numbers that repeat when the session is replayed.</summary>
    protected SeededRandom Random => Run.Random;

    /// <summary>What the strategy keeps across restarts; stored after each event that changed it.</summary>
    protected StrategyState State => Run.State;

    /// <summary>The newest <paramref name="count"/> bars, oldest first; fewer when fewer were seen.</summary>
    protected IReadOnlyList<Bar> History(int count) => Run.DefaultFeed.Bars.Last(count);

    /// <summary>Orders bars, in <see cref="OnStart"/>. <see cref="OnBar"/> is then called for them too; <see cref="Bar.Symbol"/> and <see cref="Bar.Minutes"/> tell them apart.</summary>
    /// <remarks>The session's own symbol needs no subscription. When it is subscribed to in a longer timeframe, that one takes the place of the
    /// one-minute bars; to have both, subscribe to <c>1m</c> as well. Longer bars: see <see cref="BarFeed"/>.</remarks>
    /// <param name="symbol"><c>MSFT</c>, <c>BTC/USD</c>.</param>
    /// <param name="timeframe"><c>1m</c>, <c>5m</c>, <c>15m</c>, <c>1h</c>, <c>4h</c>, <c>1d</c>, or another that divides a day.</param>
    /// <returns>The feed: look back at its bars, declare indicators on it.</returns>
    protected BarFeed Subscribe(string symbol, string timeframe = "1m") => Run.Subscribe(symbol, timeframe);

    /// <summary>Orders trades, in <see cref="OnStart"/>.</summary>
    /// <param name="symbol">Null is the session's symbol.</param>
    protected void SubscribeTrades(string? symbol = null) => Run.SubscribeTicks(symbol, quotes: false);

    /// <summary>Orders quotes, in <see cref="OnStart"/>.</summary>
    /// <param name="symbol">Null is the session's symbol.</param>
    protected void SubscribeQuotes(string? symbol = null) => Run.SubscribeTicks(symbol, quotes: true);

    /// <summary>Writes a line to the session's log.</summary>
    protected void Log(string message) => Run.Notes.Log("info", message, fields: null);

    /// <summary>Writes a line to the session's log.</summary>
    /// <param name="level"><c>debug</c>, <c>info</c>, <c>warning</c> or <c>error</c>.</param>
    /// <param name="message">The text.</param>
    /// <param name="fields">Figures that belong to it: <c>new { rsi = 30 }</c>.</param>
    protected void Log(string level, string message, object? fields = null) => Run.Notes.Log(level, message, fields);

    /// <summary>Draws a value of a line of the session's chart; NaN draws nothing.</summary>
    /// <param name="name">The line, 1 to 64 characters.</param>
    /// <param name="value">The value at the time of the event.</param>
    protected void Plot(string name, double value) => Run.Notes.Plot(name, value, Run.Clock.NowMs);

    /// <summary>Puts a remark on the session's chart.</summary>
    /// <param name="text">At most 200 characters.</param>
    /// <param name="price">Where it stands; null is the last price.</param>
    protected void Mark(string text, double? price = null) => Run.Notes.Mark(text, price, Run.Clock.NowMs);

    /// <summary>Says why: goes along with the next signal of this event, as <c>explain</c> of its metadata. At most 500 characters.</summary>
    protected void Explain(string text) => Run.Explain(text);
}
