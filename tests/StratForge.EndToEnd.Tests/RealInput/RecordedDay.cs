using System.Runtime.CompilerServices;

namespace StratForge.EndToEnd.Tests.RealInput;

/// <summary>One regular session of SPY minutes, written to a file for the exchange to replay: the real 4 October 2013 where the
/// recorded data lies beside the checkout, a generated day of the same shape where it does not.</summary>
internal sealed class RecordedDay : IDisposable
{
    public const string Symbol = "SPY";

    private static readonly DateTimeOffset Opens = new(2013, 10, 4, 13, 30, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Closes = new(2013, 10, 4, 20, 0, 0, TimeSpan.Zero);

    private RecordedDay(IReadOnlyList<RecordedBar> bars)
    {
        Bars = bars;
        File = Path.Combine(Path.GetTempPath(), $"stratforge-day-{Path.GetRandomFileName()}.csv");
        System.IO.File.WriteAllLines(
            File, bars.Select(bar => bar.ToLine(Symbol)).Prepend("symbol,timestamp,open,high,low,close,volume"));
    }

    public IReadOnlyList<RecordedBar> Bars { get; }

    public string File { get; }

    public static RecordedDay Load()
    {
        var recorded = Path.GetFullPath(Path.Combine(
            Path.GetDirectoryName(ThisFile())!, "../../../../shared/data/SPY-1m-2013-10.csv"));
        return new RecordedDay(System.IO.File.Exists(recorded) ? ReadDay(recorded) : GenerateDay());
    }

    /// <summary>The price that the market stood at, at a moment of that day: that of the minute's bar, or the last close in a minute without one.</summary>
    public decimal PriceAt(DateTimeOffset moment)
    {
        var bar = Bars.Last(bar => bar.OpensAt <= moment);
        return moment < bar.ClosesAt ? bar.PriceAt(moment) : bar.Close;
    }

    public void Dispose() => System.IO.File.Delete(File);

    private static RecordedBar[] ReadDay(string file) =>
        [.. System.IO.File.ReadLines(file).Skip(1).Select(RecordedBar.Parse).Where(bar => bar.OpensAt >= Opens && bar.OpensAt < Closes)];

    // A walk in whole cents, slow enough for trends of some dozen minutes. The seed is fixed: the day is always the same one.
    private static RecordedBar[] GenerateDay()
    {
        var random = new Random(20131004);
        var price = 16_900;
        var drift = 0.0;
        var bars = new List<RecordedBar>();
        for (var at = Opens; at < Closes; at = at.AddMinutes(1))
        {
            drift = (0.9 * drift) + (random.NextDouble() - 0.5) * 4;
            var open = price;
            price = Math.Max(100, price + (int)Math.Round(drift) + random.Next(-2, 3));
            var high = Math.Max(open, price) + random.Next(0, 3);
            var low = Math.Min(open, price) - random.Next(0, 3);
            bars.Add(new RecordedBar(at, open / 100m, high / 100m, low / 100m, price / 100m, random.Next(100, 100_000)));
        }

        return [.. bars];
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
