using StratForge.Alpaca;
using StratForge.Ingestor.Bars;

namespace StratForge.Ingestor.Venues;

/// <summary>Bars that change what is stored: minutes that late trades corrected, and the days so far. The newest word on a bar counts.</summary>
internal sealed class RevisedBars
{
    /// <summary>Corrections that may wait for their bar. They wait while the venue's history is asked, seconds; a venue that sends more is mixed up.</summary>
    private const int MostWaiting = 10_000;

    private readonly Dictionary<(string Symbol, DateTimeOffset At), AlpacaBar> _minutes = [];
    private readonly Dictionary<(string Symbol, DateTimeOffset At), AlpacaBar> _days = [];

    public void Add(string symbol, AlpacaBarKind kind, AlpacaBar bar)
    {
        var bars = kind == AlpacaBarKind.Daily ? _days : _minutes;
        if (bars.Count < MostWaiting || bars.ContainsKey((symbol, bar.Time)))
        {
            bars[(symbol, bar.Time)] = bar;
        }
    }

    public void Forget(string symbol)
    {
        foreach (var key in _minutes.Keys.Where(key => string.Equals(key.Symbol, symbol, StringComparison.Ordinal)).ToList())
        {
            _minutes.Remove(key);
        }
    }

    /// <summary>Takes out what can be stored: every day, and the minutes up to the last that has a number.</summary>
    /// <param name="lastOf">Start of the last numbered bar of a symbol; null when it is not known yet.</param>
    public List<BarRow> Take(Func<string, DateTimeOffset?> lastOf)
    {
        if (_minutes.Count + _days.Count == 0)
        {
            return [];
        }

        var rows = _days.Select(day => new BarRow(day.Key.Symbol, Timeframe.DayName, day.Value, Seq: null)).ToList();
        _days.Clear();
        foreach (var (key, bar) in _minutes.Where(minute => lastOf(minute.Key.Symbol) >= minute.Key.At).ToList())
        {
            rows.Add(new BarRow(key.Symbol, Timeframe.Name, bar, Seq: null));
            _minutes.Remove(key);
        }

        return rows;
    }
}
