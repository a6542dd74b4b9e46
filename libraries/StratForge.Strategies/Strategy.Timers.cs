using StratForge.Strategies.Timers;

namespace StratForge.Strategies;

/// <content>Timers. They follow the market's time: one is due with the first bar that closes at its time or later, after that bar when it
/// closes just then, before it when it closes later. A time that passes without a bar comes once, however often it passed.</content>
public abstract partial class Strategy
{
    /// <summary>Every day at a time; for stocks on the exchange's days.</summary>
    /// <param name="time"><c>15:55 ET</c> or <c>00:00 UTC</c>; without a zone New York's time for stocks, UTC for crypto.</param>
    /// <param name="name">What <see cref="TimerEvent.Name"/> shall be; null is the time.</param>
    protected void At(string time, string? name = null) => Run.AddTimer(isCrypto => TimerSchedule.At(time, name, isCrypto));

    /// <summary>So many minutes before the exchange closes, on half days too. Stocks only.</summary>
    /// <param name="minutes">0 to 390.</param>
    /// <param name="name">What <see cref="TimerEvent.Name"/> shall be; null is <c>5m before the close</c>.</param>
    protected void BeforeClose(double minutes, string? name = null) =>
        Run.AddTimer(isCrypto => TimerSchedule.Session(TimerSchedule.From.Close, minutes, name, isCrypto));

    /// <summary>So many minutes after the exchange opened. Stocks only.</summary>
    /// <param name="minutes">0 to 390.</param>
    /// <param name="name">What <see cref="TimerEvent.Name"/> shall be; null is <c>30m after the open</c>.</param>
    protected void AfterOpen(double minutes, string? name = null) =>
        Run.AddTimer(isCrypto => TimerSchedule.Session(TimerSchedule.From.Open, minutes, name, isCrypto));

    /// <summary>Every so many minutes: for stocks from the open to the close of the exchange, for crypto from midnight UTC.</summary>
    /// <param name="minutes">1 to 390 for stocks, 1 to 1440 for crypto.</param>
    /// <param name="name">What <see cref="TimerEvent.Name"/> shall be; null is <c>every 30m</c>.</param>
    protected void Every(double minutes, string? name = null) => Run.AddTimer(isCrypto => TimerSchedule.Every(minutes, name, isCrypto));
}
