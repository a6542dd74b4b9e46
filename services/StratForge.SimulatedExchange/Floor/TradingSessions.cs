using StratForge.Contracts.Calendar;
using StratForge.SimulatedExchange.Market;
using StratForge.SimulatedExchange.Orders;
using StratForge.Trading.Matching;

namespace StratForge.SimulatedExchange.Floor;

/// <summary>When orders trade and when they lapse.</summary>
internal static class TradingSessions
{
    // With the market open around the clock a market day still ends, where New York's after-hours session does.
    private static readonly TimeOnly EndOfDay = new(20, 0);

    private static readonly TimeSpan LifeOfGtc = TimeSpan.FromDays(90);

    // Auction orders are taken until shortly before their auction, and again in the evening.
    private static readonly TimeOnly LastForOpening = new(9, 28);
    private static readonly TimeSpan LastBeforeClosing = TimeSpan.FromMinutes(10);
    private static readonly TimeOnly AcceptedFrom = new(19, 0);

    /// <summary>Whether an order of this kind trades at this moment.</summary>
    public static bool IsOpenFor(Instrument instrument, TimeInForce timeInForce, bool extendedHours, DateTimeOffset at, TradingHours hours)
    {
        if (timeInForce.IsAuction())
        {
            var auction = AuctionOn(NewYork.DateOf(at), timeInForce);
            return TradingCalendar.IsTradingDay(NewYork.DateOf(at)) && at >= auction && at < auction + BarPath.Step;
        }

        if (instrument.IsCrypto || hours == TradingHours.Always)
        {
            return true;
        }

        var (date, time) = LocalOf(at);
        return TradingCalendar.IsTradingDay(date) && (extendedHours
            ? time >= TradingCalendar.PreMarket && time < TradingCalendar.AfterHoursEndOf(date)
            : time >= TradingCalendar.Open && time < TradingCalendar.CloseOf(date));
    }

    /// <summary>Whether an order for an auction may be given at this moment.</summary>
    public static bool TakesAuctionOrders(TimeInForce timeInForce, DateTimeOffset at)
    {
        var (date, time) = LocalOf(at);
        var last = timeInForce == TimeInForce.Opg ? LastForOpening : TradingCalendar.CloseOf(date).Add(-LastBeforeClosing);
        return !TradingCalendar.IsTradingDay(date) || time < last || time >= AcceptedFrom;
    }

    /// <summary>When an order lapses if nothing ends it before.</summary>
    public static DateTimeOffset ExpiryOf(TimeInForce timeInForce, bool extendedHours, DateTimeOffset at, TradingHours hours)
    {
        if (timeInForce == TimeInForce.Gtc)
        {
            return at + LifeOfGtc;
        }

        var date = NewYork.DateOf(at);
        if (timeInForce.IsAuction())
        {
            var next = TradingCalendar.IsTradingDay(date) && at < AuctionOn(date, timeInForce) ? date : TradingCalendar.NextTradingDay(date);
            return AuctionOn(next, timeInForce) + BarPath.Step;
        }

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

    // An auction lasts a quarter minute: the first of the regular session, whose price is the open, or the last, whose price is the close.
    private static DateTimeOffset AuctionOn(DateOnly date, TimeInForce timeInForce) => timeInForce == TimeInForce.Opg
        ? NewYork.At(date, TradingCalendar.Open)
        : NewYork.At(date, TradingCalendar.CloseOf(date)) - BarPath.Step;

    private static (DateOnly Date, TimeOnly Time) LocalOf(DateTimeOffset at)
    {
        var local = NewYork.Local(at);
        return (DateOnly.FromDateTime(local.DateTime), TimeOnly.FromDateTime(local.DateTime));
    }
}
