using StratForge.Worker.Market;

namespace StratForge.Worker.Tests.Market;

public sealed class SymbolBarsTests
{
    [Fact]
    public void Bars_that_come_in_any_order_and_twice_are_taken_in_order_and_once()
    {
        var random = new Random(5);
        var bars = new SymbolBars("SPY");
        var seen = new List<long>();
        bars.Add(new Listener(() => seen.AddRange(Enumerable.Range(seen.Count + 1, (int)bars.LastSeq - seen.Count).Select(seq => (long)seq))));
        bars.Position(0);

        foreach (var seq in Enumerable.Range(1, 200).Concat(Enumerable.Range(1, 200)).OrderBy(seq => seq + random.Next(20)))
        {
            bars.Take(Bar(seq));
        }

        Assert.Equal(200, bars.LastSeq);
        Assert.False(bars.HasGap);
        Assert.Equal(Enumerable.Range(1, 200).Select(seq => (long)seq), seen);
        Assert.All(Enumerable.Range(1, 200), seq => Assert.Equal(seq, bars.Find(seq)!.Seq));
    }

    [Fact]
    public void A_gap_is_reported_and_holds_back_what_comes_after_it()
    {
        var bars = new SymbolBars("SPY");
        bars.Position(10);

        Assert.True(bars.Take(Bar(12)));

        Assert.Equal(10, bars.LastSeq);
        Assert.True(bars.HasGap);
        Assert.False(bars.Take(Bar(11)));
        Assert.Equal(12, bars.LastSeq);
    }

    [Fact]
    public void What_comes_before_storage_was_looked_at_waits_and_then_follows_on()
    {
        var bars = new SymbolBars("SPY");
        bars.Take(Bar(8));
        bars.Take(Bar(9));
        Assert.Equal(0, bars.LastSeq);

        bars.Position(8);

        Assert.Equal(9, bars.LastSeq);
        Assert.False(bars.HasGap);
    }

    [Fact]
    public void A_price_is_the_same_number_however_many_zeros_it_ends_in()
    {
        var at = DateTimeOffset.UnixEpoch;

        Assert.Equal(
            BarValues.Of(at, 1.1m, 1.2m, 1.0m, 1.15m, 12345678.123456789m),
            BarValues.Of(at, 1.10m, 1.2000m, 1.0m, 1.150000m, 12345678.12345678900000m));
    }

    private static MarketBar Bar(long seq) => new("SPY", seq, new BarValues(seq * 60_000, 1, 1, 1, 1, 1), [], traceparent: null);

    private sealed class Listener(Action heard) : IBarListener
    {
        public void OnBars() => heard();
    }
}
