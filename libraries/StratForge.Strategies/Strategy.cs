using StratForge.Strategies.Indicators;
using StratForge.Strategies.Running;

namespace StratForge.Strategies;

/// <summary>One trading idea on one symbol. Derive a class from it and override what matters; <see cref="OnBar"/> is enough.</summary>
/// <remarks>Handlers run one at a time, in the order of events. The helpers <see cref="Buy"/>, <see cref="Sell"/>, <see cref="Close"/>, <see cref="Target"/>
/// and <see cref="TargetPercent"/> send a signal as soon as they are called; returning it as well changes nothing. Several signals of one
/// handler go out in order. Nothing of this is reachable in the constructor: set up in <see cref="OnStart"/>.</remarks>
public abstract class Strategy
{
    private StrategyRun? _run;

    internal StrategyRun Run
    {
        get => _run ?? throw new InvalidOperationException(
            "A strategy's surroundings exist from OnStart on; the constructor and field initialisers come before.");
        set => _run = value;
    }

    /// <summary>Called once, first: declare indicators here. No signals.</summary>
    public virtual void OnStart()
    {
    }

    /// <summary>A bar has closed. Not called until every declared indicator is ready and <see cref="MinBars"/> were seen.</summary>
    /// <returns>A signal to send, or null.</returns>
    public virtual Signal? OnBar(Bar bar) => null;

    /// <summary>The market traded. Only for sessions that are fed trades.</summary>
    /// <returns>A signal to send, or null.</returns>
    public virtual Signal? OnTrade(Trade trade) => null;

    /// <summary>Something happened to an order of this session. <see cref="Position"/> and <see cref="Cash"/> already show it.</summary>
    public virtual void OnOrder(OrderUpdate update)
    {
    }

    /// <summary>An order of this session was executed, wholly or in part. Comes before <see cref="OnOrder"/> of the same event.</summary>
    public virtual void OnFill(Fill fill)
    {
    }

    /// <summary>The session ends. May log; no signals: what happens to a position at the end is the session's policy.</summary>
    public virtual void OnStop(StopReason reason)
    {
    }

    /// <summary>Bars wanted before the first <see cref="OnBar"/>, beyond what the indicators want. 0 to 10,000.</summary>
    public virtual int MinBars => 0;

    /// <summary>The session's symbol.</summary>
    protected string Symbol => Run.Symbol;

    /// <summary>What the session holds.</summary>
    protected Position Position => Run.Position;

    /// <summary>Cash that is free to spend, USD: what open orders have reserved is not in it.</summary>
    protected double Cash => Run.Cash;

    /// <summary><see cref="Cash"/> plus the position at the last close, USD.</summary>
    protected double Equity => Run.Equity;

    /// <summary>Bars seen so far: <c>Bars[0]</c> is the newest closed one.</summary>
    protected BarHistory Bars => Run.Bars;

    /// <summary>The time of the event being handled.</summary>
    protected EventClock Clock => Run.Clock;

    /// <summary>Random numbers that repeat when the session is replayed.</summary>
    protected SeededRandom Random => Run.Random;

    /// <summary>The newest <paramref name="count"/> bars, oldest first; fewer when fewer were seen.</summary>
    protected IReadOnlyList<Bar> History(int count) => Run.Bars.Last(count);

    /// <summary>Writes a line to the session's log.</summary>
    protected void Log(string message) => Run.Log("info", message);

    /// <summary>Writes a line to the session's log.</summary>
    /// <param name="level"><c>debug</c>, <c>info</c>, <c>warning</c> or <c>error</c>.</param>
    /// <param name="message">The text.</param>
    protected void Log(string level, string message) => Run.Log(level, message);

    /// <summary>Buys <paramref name="quantity"/> units.</summary>
    /// <param name="quantity">Units, greater than zero.</param>
    /// <param name="limit">Highest price to pay; null buys at the market.</param>
    /// <param name="tif">How long the order stays open; null takes the platform's default.</param>
    /// <param name="confidence">0 to 1.</param>
    /// <param name="metadata">At most 4 KiB of JSON, kept with the signal.</param>
    /// <param name="recordOnly">Record, do not trade.</param>
    protected Signal Buy(
        double quantity, double? limit = null, TimeInForce? tif = null, double confidence = 1, object? metadata = null, bool recordOnly = false) =>
        Run.Send(Build(SignalAction.Buy, quantity, limit, tif, confidence, metadata, recordOnly));

    /// <summary>Sells <paramref name="quantity"/> units. See <see cref="Buy"/> for the options.</summary>
    protected Signal Sell(
        double quantity, double? limit = null, TimeInForce? tif = null, double confidence = 1, object? metadata = null, bool recordOnly = false) =>
        Run.Send(Build(SignalAction.Sell, quantity, limit, tif, confidence, metadata, recordOnly));

    /// <summary>Ends the position: sells what is held and not already being sold (buys back what is short).</summary>
    /// <returns>The signal sent; null when there is nothing to end.</returns>
    protected Signal? Close(
        double? limit = null, TimeInForce? tif = null, double confidence = 1, object? metadata = null, bool recordOnly = false) =>
        Resized(Run.ToClose(), limit, tif, confidence, metadata, recordOnly);

    /// <summary>Buys or sells what is missing to hold <paramref name="quantity"/> units; open orders count as if they had filled.</summary>
    /// <remarks>Rounded down to whole units for stocks, to six decimals for crypto.</remarks>
    /// <returns>The signal sent; null when nothing is missing.</returns>
    protected Signal? Target(
        double quantity, double? limit = null, TimeInForce? tif = null, double confidence = 1, object? metadata = null, bool recordOnly = false) =>
        Resized(Run.ToTarget(quantity), limit, tif, confidence, metadata, recordOnly);

    /// <summary>Buys or sells what is missing to hold <paramref name="share"/> of <see cref="Equity"/> at the last close (or at the limit).</summary>
    /// <remarks>A market buy takes at most what <see cref="Cash"/> pays at 2 % above the last close, as much as the platform reserves for it.
    /// Rounded down to whole units for stocks, to six decimals for crypto.</remarks>
    /// <param name="share">0.2 is a fifth of the equity; 0 ends the position.</param>
    /// <param name="limit">Worst price to take; null trades at the market.</param>
    /// <param name="tif">How long the order stays open; null takes the platform's default.</param>
    /// <param name="confidence">0 to 1.</param>
    /// <param name="metadata">At most 4 KiB of JSON, kept with the signal.</param>
    /// <param name="recordOnly">Record, do not trade.</param>
    /// <returns>The signal sent; null when nothing is missing.</returns>
    protected Signal? TargetPercent(
        double share, double? limit = null, TimeInForce? tif = null, double confidence = 1, object? metadata = null, bool recordOnly = false) =>
        Resized(Run.ToTargetPercent(share, limit), limit, tif, confidence, metadata, recordOnly);

    /// <summary>Declares a simple moving average of closes.</summary>
    protected Sma Sma(int period) => Run.Declare(new Sma(period));

    /// <summary>Declares an exponential moving average of closes.</summary>
    protected Ema Ema(int period) => Run.Declare(new Ema(period));

    /// <summary>Declares a relative strength index of closes.</summary>
    protected Rsi Rsi(int period = 14) => Run.Declare(new Rsi(period));

    /// <summary>Declares a standard deviation of closes.</summary>
    protected StdDev StdDev(int period) => Run.Declare(new StdDev(period));

    /// <summary>Declares Bollinger bands.</summary>
    protected Bollinger Bollinger(int period = 20, double width = 2) => Run.Declare(new Bollinger(period, width));

    /// <summary>Declares an average true range.</summary>
    protected Atr Atr(int period = 14) => Run.Declare(new Atr(period));

    /// <summary>Declares a MACD.</summary>
    protected Macd Macd(int fast = 12, int slow = 26, int signal = 9) => Run.Declare(new Macd(fast, slow, signal));

    /// <summary>Declares a Donchian channel.</summary>
    protected Donchian Donchian(int period = 20) => Run.Declare(new Donchian(period));

    /// <summary>Declares an indicator of your own: it is fed every bar, and <see cref="OnBar"/> waits until it is ready.</summary>
    protected T Declare<T>(T indicator)
        where T : Indicator => Run.Declare(indicator);

    private static Signal Build(
        SignalAction action, double quantity, double? limit, TimeInForce? tif, double confidence, object? metadata, bool recordOnly) =>
        new(action, quantity, confidence, metadata) { LimitPrice = limit, TimeInForce = tif, RecordOnly = recordOnly };

    private Signal? Resized(
        double change, double? limit, TimeInForce? tif, double confidence, object? metadata, bool recordOnly) => change switch
    {
        > 0 => Run.Send(Build(SignalAction.Buy, change, limit, tif, confidence, metadata, recordOnly)),
        < 0 => Run.Send(Build(SignalAction.Sell, -change, limit, tif, confidence, metadata, recordOnly)),
        _ => null,
    };
}
