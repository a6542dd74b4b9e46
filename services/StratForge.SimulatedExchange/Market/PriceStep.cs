using StratForge.Trading.Matching;

namespace StratForge.SimulatedExchange.Market;

/// <summary>The price of one quarter minute, with the trade that made it.</summary>
/// <param name="At">When the price came to stand, UTC.</param>
/// <param name="Price">Dollars per unit.</param>
/// <param name="Size">Units traded at it; zero where the minute traded nothing.</param>
internal readonly record struct PriceStep(DateTimeOffset At, decimal Price, decimal Size)
{
    /// <summary>Quarter <paramref name="step"/> of a minute, 0 to 3.</summary>
    public static PriceStep Of(Instrument instrument, PriceBar minute, int step) => new(
        minute.OpensAt + (step * BarPath.Step),
        BarPath.PriceOfStep(minute.Open, minute.High, minute.Low, minute.Close, step),
        minute.Volume > 0m ? SizeOf(instrument, minute.Volume, step) : 0m);

    /// <summary>The steps that fall into <c>[from, to]</c> and not after <paramref name="now"/>.</summary>
    public static IEnumerable<PriceStep> Between(
        PriceSource prices, Instrument instrument, DateTimeOffset from, DateTimeOffset to, DateTimeOffset now, bool descending)
    {
        var last = to < now ? to : now;
        return descending ? Down(prices, instrument, from, last) : Up(prices, instrument, from, last);
    }

    private static IEnumerable<PriceStep> Up(PriceSource prices, Instrument instrument, DateTimeOffset from, DateTimeOffset last)
    {
        for (var next = prices.NextBarAt(instrument, PriceSource.MinuteOf(from)); next <= last; next = prices.NextBarAt(instrument, next.Value + PriceSource.Minute))
        {
            if (prices.MinuteBar(instrument, next.Value) is not { } minute)
            {
                continue;
            }

            for (var step = 0; step < BarPath.Steps; step++)
            {
                var one = Of(instrument, minute, step);
                if (one.At > last)
                {
                    yield break;
                }

                if (one.At >= from)
                {
                    yield return one;
                }
            }
        }
    }

    private static IEnumerable<PriceStep> Down(PriceSource prices, Instrument instrument, DateTimeOffset from, DateTimeOffset last)
    {
        var before = last + TimeSpan.FromTicks(1);
        while (prices.LastBarBefore(instrument, before) is { } minute && minute.OpensAt + PriceSource.Minute > from)
        {
            for (var step = BarPath.Steps - 1; step >= 0; step--)
            {
                var one = Of(instrument, minute, step);
                if (one.At >= from && one.At <= last)
                {
                    yield return one;
                }
            }

            before = minute.OpensAt;
        }
    }

    // A quarter of the minute's volume; the last quarter takes what does not divide. No trade is of nothing.
    private static decimal SizeOf(Instrument instrument, decimal volume, int step)
    {
        var decimals = instrument.IsCrypto ? 9 : 0;
        var quarter = decimal.Round(volume / BarPath.Steps, decimals, MidpointRounding.ToZero);
        var size = step == BarPath.Steps - 1 ? volume - ((BarPath.Steps - 1) * quarter) : quarter;
        return size > 0m ? size : instrument.IsCrypto ? 0.000000001m : 1m;
    }
}
