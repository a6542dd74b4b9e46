using System.Globalization;

namespace StratForge.Chaos.Tests;

/// <summary>One minute of one symbol, wherever it is seen.</summary>
internal readonly record struct SourceBar(DateTimeOffset At, decimal Open, decimal High, decimal Low, decimal Close, decimal Volume);

/// <summary>The bars that are replayed: what table, clients and tapes have to hold in the end, to the last field.</summary>
internal sealed class Source
{
    /// <summary>Both feeds, and symbols that do not trade every minute.</summary>
    public static readonly string[] Symbols = ["SPY", "AAPL", "BTC/USD"];

    private static readonly DateTimeOffset Begin = new(2013, 10, 4, 13, 30, 0, TimeSpan.Zero);

    private Source(Dictionary<string, SourceBar[]> bars)
    {
        Bars = bars;
        OpensAt = bars.Values.Min(symbol => symbol[0].At);
        Minutes = [.. bars.Values.SelectMany(symbol => symbol).Select(bar => bar.At).Distinct().Order()];
    }

    public IReadOnlyDictionary<string, SourceBar[]> Bars { get; }

    /// <summary>First minute.</summary>
    public DateTimeOffset OpensAt { get; }

    /// <summary>Every minute in which anything traded.</summary>
    public IReadOnlyList<DateTimeOffset> Minutes { get; }

    public int Count => Bars.Values.Sum(symbol => symbol.Length);

    public static Source Of(Trial trial)
    {
        var whole = trial.Bars.Length > 0 ? Read(trial.Bars) : Make(trial);
        var minutes = whole.Values.SelectMany(bars => bars).Select(bar => bar.At).Distinct().Order().Take(trial.Minutes).ToHashSet();
        return new Source(whole.ToDictionary(symbol => symbol.Key, symbol => symbol.Value.Where(bar => minutes.Contains(bar.At)).ToArray()));
    }

    /// <summary>As the exchange takes them.</summary>
    public void Write(string file) => File.WriteAllLines(file,
    [
        "symbol,timestamp,open,high,low,close,volume",
        .. Bars.SelectMany(symbol => symbol.Value.Select(bar => string.Create(
            CultureInfo.InvariantCulture,
            $"{symbol.Key},{bar.At:yyyy-MM-ddTHH:mm:ssZ},{bar.Open},{bar.High},{bar.Low},{bar.Close},{bar.Volume}"))),
    ]);

    // The files are of different years; whole days bring them together, so that symbols trade beside each other.
    private static Dictionary<string, SourceBar[]> Read(string folder) => Symbols.ToDictionary(
        symbol => symbol,
        symbol =>
        {
            var file = Directory.GetFiles(folder, $"{symbol.Replace("/", "", StringComparison.Ordinal)}-1m-*.csv").Single();
            var bars = File.ReadLines(file).Skip(1).Select(Parse).ToArray();
            var moved = Begin.Date - bars[0].At.Date;
            return bars.Select(bar => bar with { At = bar.At + moved }).Where(bar => bar.At >= Begin).ToArray();
        });

    private static SourceBar Parse(string line)
    {
        var fields = line.Split(',');
        return new SourceBar(
            DateTimeOffset.Parse(fields[1], CultureInfo.InvariantCulture), Number(2), Number(3), Number(4), Number(5), Number(6));

        decimal Number(int field) => decimal.Parse(fields[field], CultureInfo.InvariantCulture);
    }

    private static Dictionary<string, SourceBar[]> Make(Trial trial)
    {
        var random = new Random(trial.Seed);
        return Symbols.ToDictionary(symbol => symbol, _ => Walk(random, trial.Minutes).ToArray());
    }

    private static IEnumerable<SourceBar> Walk(Random random, int minutes)
    {
        var price = 160m;
        for (var minute = 0; minute < minutes; minute++)
        {
            // One minute in ten has no trade, as in a thin market.
            if (random.Next(10) == 0)
            {
                continue;
            }

            var open = price;
            price = decimal.Clamp(open + (random.Next(-20, 21) * 0.01m), 100, 300);
            yield return new SourceBar(
                Begin.AddMinutes(minute), open, decimal.Max(open, price) + (random.Next(5) * 0.01m),
                decimal.Min(open, price) - (random.Next(5) * 0.01m), price, random.Next(1, 100_000) * 0.01m);
        }
    }
}
