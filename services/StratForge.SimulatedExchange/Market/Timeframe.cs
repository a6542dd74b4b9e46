using System.Globalization;

namespace StratForge.SimulatedExchange.Market;

internal enum TimeframeUnit
{
    Minute,
    Hour,
    Day,
    Week,
    Month,
}

/// <summary>The length of a bar, as Alpaca spells it: <c>1Min</c>, <c>15T</c>, <c>4Hour</c>, <c>1Day</c>.</summary>
internal readonly record struct Timeframe(int Amount, TimeframeUnit Unit)
{
    /// <summary>Whether its bars are made of days rather than of minutes.</summary>
    public bool IsDaily => Unit >= TimeframeUnit.Day;

    public static bool TryParse(string text, out Timeframe timeframe)
    {
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        TimeframeUnit? unit = text[digits..] switch
        {
            "Min" or "T" => TimeframeUnit.Minute,
            "Hour" or "H" => TimeframeUnit.Hour,
            "Day" or "D" => TimeframeUnit.Day,
            "Week" or "W" => TimeframeUnit.Week,
            "Month" or "M" => TimeframeUnit.Month,
            _ => null,
        };
        timeframe = default;
        if (unit is null || !int.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var amount))
        {
            return false;
        }

        timeframe = new Timeframe(amount, unit.Value);
        return unit switch
        {
            TimeframeUnit.Minute => amount is >= 1 and <= 59,
            TimeframeUnit.Hour => amount is >= 1 and <= 23,
            TimeframeUnit.Month => amount is 1 or 2 or 3 or 4 or 6 or 12,
            _ => amount == 1,
        };
    }

    /// <summary>The first day of the bar that <paramref name="day"/> belongs to. For daily timeframes.</summary>
    public DateOnly FirstDayOf(DateOnly day) => Unit switch
    {
        TimeframeUnit.Week => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        TimeframeUnit.Month => new DateOnly(day.Year, day.Month - ((day.Month - 1) % Amount), 1),
        _ => day,
    };

    /// <summary>The first day of the bar after the one that begins on <paramref name="first"/>.</summary>
    public DateOnly DayAfter(DateOnly first) => Unit switch
    {
        TimeframeUnit.Week => first.AddDays(7),
        TimeframeUnit.Month => first.AddMonths(Amount),
        _ => first.AddDays(1),
    };

    /// <summary>Start and end of the bar that holds <paramref name="instant"/>. For timeframes below a day, which begin anew at each midnight.</summary>
    public (DateTimeOffset Start, DateTimeOffset End) BucketOf(Instrument instrument, DateTimeOffset instant)
    {
        var day = PriceSource.DayOf(instrument, instant);
        var (midnight, next) = (PriceSource.StartOf(instrument, day), PriceSource.StartOf(instrument, day.AddDays(1)));
        var length = Amount * (Unit == TimeframeUnit.Minute ? TimeSpan.TicksPerMinute : TimeSpan.TicksPerHour);
        var start = midnight + TimeSpan.FromTicks((instant - midnight).Ticks / length * length);
        var end = start + TimeSpan.FromTicks(length);
        return (start, end < next ? end : next);
    }
}
