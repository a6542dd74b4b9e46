using StratForge.Strategies.Indicators;

namespace StratForge.Strategies;

/// <content>Indicators: declared in <see cref="OnStart"/>, fed every bar, and <see cref="OnBar"/> waits until each is ready. <c>of</c> is the feed they are computed from;
/// null is the session's symbol as it is fed.</content>
public abstract partial class Strategy
{
    /// <summary>Declares a simple moving average of closes.</summary>
    protected Sma Sma(int period, BarFeed? of = null) => Run.Declare(new Sma(period), of);

    /// <summary>Declares an exponential moving average of closes.</summary>
    protected Ema Ema(int period, BarFeed? of = null) => Run.Declare(new Ema(period), of);

    /// <summary>Declares a linearly weighted moving average of closes.</summary>
    protected Wma Wma(int period, BarFeed? of = null) => Run.Declare(new Wma(period), of);

    /// <summary>Declares a volume-weighted average price since the day began.</summary>
    protected Vwap Vwap(BarFeed? of = null) => Run.Declare(new Vwap(), of);

    /// <summary>Declares a relative strength index of closes.</summary>
    protected Rsi Rsi(int period = 14, BarFeed? of = null) => Run.Declare(new Rsi(period), of);

    /// <summary>Declares a MACD.</summary>
    protected Macd Macd(int fast = 12, int slow = 26, int signal = 9, BarFeed? of = null) => Run.Declare(new Macd(fast, slow, signal), of);

    /// <summary>Declares a stochastic oscillator.</summary>
    protected Stochastic Stochastic(int period = 14, int smooth = 3, int signal = 3, BarFeed? of = null) =>
        Run.Declare(new Stochastic(period, smooth, signal), of);

    /// <summary>Declares a commodity channel index.</summary>
    protected Cci Cci(int period = 20, BarFeed? of = null) => Run.Declare(new Cci(period), of);

    /// <summary>Declares a rate of change of closes.</summary>
    protected Roc Roc(int period = 10, BarFeed? of = null) => Run.Declare(new Roc(period), of);

    /// <summary>Declares a momentum of closes.</summary>
    protected Momentum Momentum(int period = 10, BarFeed? of = null) => Run.Declare(new Momentum(period), of);

    /// <summary>Declares Williams' %R.</summary>
    protected WilliamsR WilliamsR(int period = 14, BarFeed? of = null) => Run.Declare(new WilliamsR(period), of);

    /// <summary>Declares an on-balance volume.</summary>
    protected Obv Obv(BarFeed? of = null) => Run.Declare(new Obv(), of);

    /// <summary>Declares a standard deviation of closes.</summary>
    protected StdDev StdDev(int period, BarFeed? of = null) => Run.Declare(new StdDev(period), of);

    /// <summary>Declares an average true range.</summary>
    protected Atr Atr(int period = 14, BarFeed? of = null) => Run.Declare(new Atr(period), of);

    /// <summary>Declares Bollinger bands.</summary>
    protected Bollinger Bollinger(int period = 20, double width = 2, BarFeed? of = null) => Run.Declare(new Bollinger(period, width), of);

    /// <summary>Declares a Keltner channel.</summary>
    protected Keltner Keltner(int period = 20, double width = 2, int rangePeriod = 10, BarFeed? of = null) =>
        Run.Declare(new Keltner(period, width, rangePeriod), of);

    /// <summary>Declares a Donchian channel.</summary>
    protected Donchian Donchian(int period = 20, BarFeed? of = null) => Run.Declare(new Donchian(period), of);

    /// <summary>Declares an average directional index.</summary>
    protected Adx Adx(int period = 14, BarFeed? of = null) => Run.Declare(new Adx(period), of);

    /// <summary>Declares an Ichimoku.</summary>
    protected Ichimoku Ichimoku(int conversion = 9, int baseline = 26, int leading = 52, BarFeed? of = null) =>
        Run.Declare(new Ichimoku(conversion, baseline, leading), of);

    /// <summary>Declares a parabolic stop and reverse.</summary>
    protected ParabolicSar ParabolicSar(double step = 0.02, double most = 0.2, BarFeed? of = null) => Run.Declare(new ParabolicSar(step, most), of);

    /// <summary>Declares a supertrend.</summary>
    protected Supertrend Supertrend(int period = 10, double width = 3, BarFeed? of = null) => Run.Declare(new Supertrend(period, width), of);

    /// <summary>Declares an indicator of your own: it is fed every bar, and <see cref="OnBar"/> waits until it is ready.</summary>
    protected T Declare<T>(T indicator, BarFeed? of = null)
        where T : Indicator => Run.Declare(indicator, of);
}
