using StratForge.Contracts.Calendar;

namespace StratForge.SimulatedExchange.Clock;

/// <summary>Where an instant lies in New York's trading sessions.</summary>
/// <param name="IsMarketDay">Whether the exchanges open on its day.</param>
/// <param name="Phase">Alpaca's word: <c>closed</c>, <c>pre</c>, <c>core</c> or <c>post</c>.</param>
/// <param name="PhaseUntil">When the phase ends.</param>
/// <param name="NextOpen">Opening of the next regular session, later than the instant.</param>
/// <param name="NextClose">Close of the regular session that runs, else of the next one.</param>
internal readonly record struct SessionMoment(
    bool IsMarketDay, string Phase, DateTimeOffset PhaseUntil, DateTimeOffset NextOpen, DateTimeOffset NextClose)
{
    public static SessionMoment Of(DateTimeOffset at)
    {
        var local = NewYork.Local(at);
        var (today, time) = (DateOnly.FromDateTime(local.DateTime), TimeOnly.FromDateTime(local.DateTime));
        var isMarketDay = TradingCalendar.IsTradingDay(today);
        var next = TradingCalendar.NextTradingDay(today);
        var nextOpen = isMarketDay && time < TradingCalendar.Open ? today : next;
        var (phase, until) = !isMarketDay ? ("closed", NewYork.At(next, TradingCalendar.PreMarket))
            : time < TradingCalendar.PreMarket ? ("closed", NewYork.At(today, TradingCalendar.PreMarket))
            : time < TradingCalendar.Open ? ("pre", NewYork.At(today, TradingCalendar.Open))
            : time < TradingCalendar.CloseOf(today) ? ("core", NewYork.At(today, TradingCalendar.CloseOf(today)))
            : time < TradingCalendar.AfterHoursEndOf(today) ? ("post", NewYork.At(today, TradingCalendar.AfterHoursEndOf(today)))
            : ("closed", NewYork.At(next, TradingCalendar.PreMarket));
        var nextClose = phase == "core" ? today : nextOpen;
        return new SessionMoment(
            isMarketDay, phase, until, NewYork.At(nextOpen, TradingCalendar.Open), NewYork.At(nextClose, TradingCalendar.CloseOf(nextClose)));
    }
}
