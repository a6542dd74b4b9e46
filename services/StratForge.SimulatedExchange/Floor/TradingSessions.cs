using StratForge.SimulatedExchange.Clock;
using StratForge.SimulatedExchange.Market;
using StratForge.SimulatedExchange.Orders;

namespace StratForge.SimulatedExchange.Floor;

/// <summary>When orders trade and when they lapse.</summary>
internal static class TradingSessions
{
    // With the market open around the clock a market day still ends, where New York's after-hours session does.
    private static readonly TimeOnly EndOfDay = new(20, 0);

    private static readonly TimeSpan LifeOfGtc = TimeSpan.FromDays(90);

    /// <summary>Whether an order of this kind trades at this moment.</summary>
    public static bool IsOpenFor(Instrument instrument, bool extendedHours, DateTimeOffset at, TradingHours hours)
    {
        if (instrument.IsCrypto || hours == TradingHours.Always)
        {
            return true;
        }

        var local = NewYork.Local(at);
        var (date, time) = (DateOnly.FromDateTime(local.DateTime), TimeOnly.FromDateTime(local.DateTime));
        return TradingCalendar.IsTradingDay(date) && (extendedHours
            ? time >= TradingCalendar.PreMarket && time < TradingCalendar.AfterHoursEndOf(date)
            : time >= TradingCalendar.Open && time < TradingCalendar.CloseOf(date));
    }

    /// <summary>When an order lapses if nothing ends it before.</summary>
    public static DateTimeOffset ExpiryOf(TimeInForce timeInForce, bool extendedHours, DateTimeOffset at, TradingHours hours)
    {
        if (timeInForce == TimeInForce.Gtc)
        {
            return at + LifeOfGtc;
        }

        var date = NewYork.DateOf(at);
        if (hours == TradingHours.Always)
        {
            var end = NewYork.At(date, EndOfDay);
            return end > at ? end : NewYork.At(date.AddDays(1), EndOfDay);
        }

        var today = TradingCalendar.IsTradingDay(date) ? EndOf(date) : (DateTimeOffset?)null;
        return today > at ? today.Value : EndOf(TradingCalendar.NextTradingDay(date));

        DateTimeOffset EndOf(DateOnly day) =>
            NewYork.At(day, extendedHours ? TradingCalendar.AfterHoursEndOf(day) : TradingCalendar.CloseOf(day));
    }
}
