namespace StratForge.SimulatedExchange.Market;

/// <summary>Bars of any timeframe out of a price source, never later than the market clock.</summary>
internal static class BarHistory
{
    /// <summary>The bars that open in <c>[from, to]</c>, made of what happened before <paramref name="now"/>.</summary>
    public static IEnumerable<PriceBar> Bars(
        PriceSource prices, Instrument instrument, Timeframe timeframe, DateTimeOffset from, DateTimeOffset to, DateTimeOffset now, bool descending)
    {
        // A minute is known when it has passed.
        var known = PriceSource.MinuteOf(now);
        return (timeframe.IsDaily, descending) switch
        {
            (true, false) => DailyUp(prices, instrument, timeframe, from, to, known),
            (true, true) => DailyDown(prices, instrument, timeframe, from, to, known),
            (false, false) => IntradayUp(prices, instrument, timeframe, from, to, known),
            _ => IntradayDown(prices, instrument, timeframe, from, to, known),
        };
    }

    private static IEnumerable<PriceBar> IntradayUp(
        PriceSource prices, Instrument instrument, Timeframe timeframe, DateTimeOffset from, DateTimeOffset to, DateTimeOffset known)
    {
        // A bar counts by its own start, so one that began before `from` is left out even if it has minutes after it.
        var next = prices.NextBarAt(instrument, from);
        while (next < known)
        {
            var (start, end) = timeframe.BucketOf(instrument, next.Value);
            if (start > to)
            {
                yield break;
            }

            if (start >= from && Intraday(prices, instrument, start, end, known) is { } bar)
            {
                yield return bar;
            }

            next = prices.NextBarAt(instrument, end);
        }
    }

    private static IEnumerable<PriceBar> IntradayDown(
        PriceSource prices, Instrument instrument, Timeframe timeframe, DateTimeOffset from, DateTimeOffset to, DateTimeOffset known)
    {
        var before = to < known ? timeframe.BucketOf(instrument, to).End : known;
        while (prices.LastBarBefore(instrument, before < known ? before : known) is { } last && last.OpensAt >= from)
        {
            var (start, end) = timeframe.BucketOf(instrument, last.OpensAt);
            if (start >= from && start <= to && Intraday(prices, instrument, start, end, known) is { } bar)
            {
                yield return bar;
            }

            before = start;
        }
    }

    private static PriceBar? Intraday(PriceSource prices, Instrument instrument, DateTimeOffset start, DateTimeOffset end, DateTimeOffset known) =>
        PriceBar.Over(start, prices.Minutes(instrument, start, end < known ? end : known));

    private static IEnumerable<PriceBar> DailyUp(
        PriceSource prices, Instrument instrument, Timeframe timeframe, DateTimeOffset from, DateTimeOffset to, DateTimeOffset known)
    {
        var last = PriceSource.DayOf(instrument, to < known ? to : known);
        var next = prices.DayOnOrAfter(instrument, PriceSource.DayOf(instrument, from));
        while (next <= last)
        {
            var first = timeframe.FirstDayOf(next.Value);
            if (Daily(prices, instrument, timeframe, first, known) is { } bar && bar.OpensAt >= from && bar.OpensAt <= to)
            {
                yield return bar;
            }

            next = prices.DayOnOrAfter(instrument, timeframe.DayAfter(first));
        }
    }

    private static IEnumerable<PriceBar> DailyDown(
        PriceSource prices, Instrument instrument, Timeframe timeframe, DateTimeOffset from, DateTimeOffset to, DateTimeOffset known)
    {
        var previous = prices.DayOnOrBefore(instrument, PriceSource.DayOf(instrument, to < known ? to : known));
        while (previous is { } day && PriceSource.StartOf(instrument, timeframe.FirstDayOf(day)) >= from)
        {
            var first = timeframe.FirstDayOf(day);
            if (Daily(prices, instrument, timeframe, first, known) is { } bar && bar.OpensAt <= to)
            {
                yield return bar;
            }

            previous = prices.DayOnOrBefore(instrument, first.AddDays(-1));
        }
    }

    private static PriceBar? Daily(PriceSource prices, Instrument instrument, Timeframe timeframe, DateOnly first, DateTimeOffset known)
    {
        if (timeframe.Unit == TimeframeUnit.Day)
        {
            return prices.DayBar(instrument, first, known);
        }

        var days = new List<PriceBar>();
        for (var day = prices.DayOnOrAfter(instrument, first); day < timeframe.DayAfter(first); day = prices.DayOnOrAfter(instrument, day.Value.AddDays(1)))
        {
            if (prices.DayBar(instrument, day.Value, known) is not { } bar)
            {
                break;
            }

            days.Add(bar);
        }

        return PriceBar.Over(PriceSource.StartOf(instrument, first), days);
    }
}
