using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

// What honest strategies do, all of it at once. It logs what came of each, and breaks at the third bar so that its line can be told.
public sealed class Rich : Strategy
{
    private readonly Queue<double> _closes = new();
    private readonly Dictionary<string, decimal> _ledger = new(StringComparer.OrdinalIgnoreCase);

    [Param(Min = 1, Max = 10)] public int Depth { get; init; } = 3;

    private record Level(decimal Price, int Size);

    private enum Mood { Calm, Wild }

    public override Signal? OnBar(Bar bar)
    {
        _closes.Enqueue(bar.Close);
        if (_closes.Count == 2)
        {
            Queries();
            Texts();
            Numbers();
            Memory();
            Errors();
        }

        if (_closes.Count == 3)
        {
            var none = _closes.Count - 3;
            _ = 1 / none;
        }

        return _closes.Count == 2 ? Buy(1, confidence: 0.5) : null;
    }

    private void Queries()
    {
        var ranked = _closes.Select((close, at) => (close, at)).OrderByDescending(pair => pair.close).ThenBy(pair => pair.at).ToList();
        var groups = Enumerable.Range(1, 20).GroupBy(n => n % Depth).ToDictionary(group => group.Key, group => group.Sum());
        var levels = ImmutableSortedDictionary<decimal, Level>.Empty.Add(2m, new(2m, 5)).Add(1m, new(1m, 7));
        var mood = ranked[0].close switch { > 1_000 => Mood.Wild, _ => Mood.Calm };
        Log($"queries: {ranked.Count} {groups[0]} {levels.First().Value} {mood} {string.Join(',', Fibonacci().TakeWhile(n => n < 20))}");
    }

    private static IEnumerable<int> Fibonacci()
    {
        for (var (a, b) = (0, 1); ; (a, b) = (b, a + b))
        {
            yield return a;
        }
    }

    private void Texts()
    {
        var found = Regex.Match("AAPL 2024-01-19 C 190.5", @"^(?<symbol>[A-Z]+) (?<date>\d{4}-\d\d-\d\d) (?<kind>[CP]) (?<strike>[\d.]+)$", RegexOptions.Compiled);
        var built = new StringBuilder();
        foreach (var letter in found.Groups["symbol"].Value.Reverse())
        {
            built.Append(char.ToLowerInvariant(letter));
        }

        Log(string.Create(CultureInfo.InvariantCulture, $"texts: {built} {decimal.Parse(found.Groups["strike"].Value, CultureInfo.InvariantCulture):0.00} {DateTime.Parse(found.Groups["date"].Value, CultureInfo.InvariantCulture):ddd}"));
    }

    private void Numbers()
    {
        _ledger["cash"] = 0.1m + 0.2m;
        var big = BigInteger.Pow(2, 100);
        var vector = new Vector3(1, 2, 3) * 2;
        Log(string.Create(CultureInfo.InvariantCulture, $"numbers: {_ledger["CASH"]} {big % 1_000_007} {vector.Length():0.000} {Math.Round(Math.Sqrt(2), 6)} {Random.NextDouble() is >= 0 and < 1}"));
    }

    private void Memory()
    {
        var samples = new double[20 * 1024 * 1024 / sizeof(double)];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = i % 7;
        }

        Span<int> window = stackalloc int[8];
        window.Fill(2);
        Array.Sort(samples, 0, 1_000);
        Log($"memory: {samples.Sum() > 0} {window.ToArray().Sum()}");
    }

    private void Errors()
    {
        try
        {
            checked
            {
                var most = int.MaxValue - _closes.Count + 2;
                _ = most + 1;
            }
        }
        catch (OverflowException exception) when (exception.StackTrace is { Length: > 0 })
        {
            Log($"errors: {exception.GetType().Name} {Guard(() => throw new FormatException("f"))} {Guard(() => _ = Array.Empty<int>()[1])}");
        }
    }

    private static string Guard(Action risky)
    {
        try
        {
            risky();
            return "fine";
        }
        catch (Exception exception) when (exception is FormatException or IndexOutOfRangeException)
        {
            return exception.GetType().Name;
        }
        finally
        {
            GuardRuns++;
        }
    }

    private static int GuardRuns { get; set; }
}
