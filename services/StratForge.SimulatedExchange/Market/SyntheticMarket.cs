using StratForge.Contracts.Calendar;

namespace StratForge.SimulatedExchange.Market;

/// <summary>A made-up market whose every price is a pure function of seed, symbol and time; nothing is stored.</summary>
/// <remarks>
/// Days come first: a level per day (noise on scales of one day to two years), then the day's high and low and the minutes at
/// which they fall. Minutes walk between those four anchors and are folded back at the extremes, so a day bar costs no more than a
/// minute bar and agrees with the minutes it covers.
/// </remarks>
internal sealed class SyntheticMarket(long seed, TradingHours hours) : PriceSource(Profiles.Keys.Select(Listing.Of))
{
    /// <summary>What a symbol is like.</summary>
    /// <param name="Price">Dollars around which it wanders.</param>
    /// <param name="DailyVolatility">Standard deviation of a day's move, as a fraction.</param>
    /// <param name="DailyVolume">Units a day.</param>
    internal sealed record Profile(double Price, double DailyVolatility, double DailyVolume);

    private static readonly Dictionary<string, Profile> Profiles = new()
    {
        ["AAPL"] = new(190, 0.014, 55e6),
        ["AMZN"] = new(185, 0.017, 42e6),
        ["GOOGL"] = new(170, 0.016, 28e6),
        ["IBM"] = new(210, 0.012, 4e6),
        ["META"] = new(520, 0.019, 15e6),
        ["MSFT"] = new(420, 0.013, 22e6),
        ["NVDA"] = new(125, 0.026, 250e6),
        ["QQQ"] = new(480, 0.011, 40e6),
        ["SPY"] = new(560, 0.009, 65e6),
        ["TSLA"] = new(240, 0.030, 95e6),
        ["BTC/USD"] = new(65_000, 0.026, 21_000),
        ["ETH/USD"] = new(3_200, 0.032, 240_000),
        ["SOL/USD"] = new(150, 0.042, 3_100_000),
    };

    private static readonly DateOnly Earliest = new(1990, 1, 1);
    private readonly Dictionary<string, SyntheticPath> _paths =
        Profiles.ToDictionary(entry => entry.Key, entry => new SyntheticPath(seed, Listing.Of(entry.Key), entry.Value));

    public override string Mode => "synthetic";

    public override string Key => $"synthetic-{seed}-{hours.ToString().ToLowerInvariant()}";

    public override decimal DefaultSpreadBps => 2m;

    // A year of past lies behind every backtest, and a year of future lies before the first session.
    public override DateTimeOffset BeginsAt(DateTimeOffset realNow) => MinuteOf(realNow - TimeSpan.FromDays(365));

    public override DateTimeOffset? GoesOnAt(DateTimeOffset minute) => minute;

    public override DateTimeOffset LatestAt(DateTimeOffset realNow) => realNow;

    public override PriceBar? MinuteBar(Instrument instrument, DateTimeOffset minute)
    {
        var (opens, minutes) = Window(instrument, DayOf(instrument, minute));
        var index = (minute.UtcTicks - opens.UtcTicks) / TimeSpan.TicksPerMinute;
        return index >= 0 && index < minutes ? _paths[instrument.Symbol].Minute(opens, minutes, (int)index) : null;
    }

    public override PriceBar? LastBarBefore(Instrument instrument, DateTimeOffset instant)
    {
        var last = MinuteOf(instant - TimeSpan.FromTicks(1));
        var day = DayOf(instrument, last);
        var (opens, minutes) = Window(instrument, day);
        while (minutes == 0 || opens > last)
        {
            day = day.AddDays(-1);
            if (day < Earliest)
            {
                return null;
            }

            (opens, minutes) = Window(instrument, day);
        }

        var end = opens + ((minutes - 1) * Minute);
        return MinuteBar(instrument, last < end ? last : end);
    }

    public override DateTimeOffset? NextBarAt(Instrument instrument, DateTimeOffset instant)
    {
        var minute = MinuteOf(instant + Minute - TimeSpan.FromTicks(1));
        var first = StartOf(instrument, Earliest);
        minute = minute < first ? first : minute;
        var day = DayOf(instrument, minute);
        var (opens, minutes) = Window(instrument, day);
        while (minutes == 0 || minute >= opens + (minutes * Minute))
        {
            day = day.AddDays(1);
            (opens, minutes) = Window(instrument, day);
        }

        return minute < opens ? opens : minute;
    }

    public override PriceBar? DayBar(Instrument instrument, DateOnly day, DateTimeOffset visibleUntil)
    {
        var (opens, minutes) = Window(instrument, day);
        var stamp = StartOf(instrument, day);
        return minutes == 0 || visibleUntil < opens + Minute || day < Earliest ? null
            : visibleUntil >= opens + (minutes * Minute) ? _paths[instrument.Symbol].Day(opens, minutes) with { OpensAt = stamp }
            : PriceBar.Over(stamp, Minutes(instrument, opens, MinuteOf(visibleUntil)));
    }

    public override DateOnly? DayOnOrAfter(Instrument instrument, DateOnly day)
    {
        day = day < Earliest ? Earliest : day;
        while (Window(instrument, day).Minutes == 0)
        {
            day = day.AddDays(1);
        }

        return day;
    }

    public override DateOnly? DayOnOrBefore(Instrument instrument, DateOnly day)
    {
        while (day >= Earliest && Window(instrument, day).Minutes == 0)
        {
            day = day.AddDays(-1);
        }

        return day < Earliest ? null : day;
    }

    // When a day's trading begins and how many minutes it lasts.
    private (DateTimeOffset Opens, int Minutes) Window(Instrument instrument, DateOnly day)
    {
        if (instrument.IsCrypto || hours == TradingHours.Always)
        {
            var midnight = StartOf(instrument, day);
            return (midnight, instrument.IsCrypto ? 1440 : (int)(StartOf(instrument, day.AddDays(1)) - midnight).TotalMinutes);
        }

        var opens = NewYork.At(day, TradingCalendar.PreMarket);
        return TradingCalendar.IsTradingDay(day)
            ? (opens, (int)(NewYork.At(day, TradingCalendar.AfterHoursEndOf(day)) - opens).TotalMinutes)
            : (opens, 0);
    }
}
