using StratForge.Alpaca;

namespace StratForge.Ingestor.Venues;

/// <summary>Which symbols' trades and quotes were asked for and not answered yet, and which the venue's plan has no room for.</summary>
/// <remarks>The venue answers a subscription with the whole state or refuses all of it, in the order in which it was asked.</remarks>
internal sealed class PriceStreams
{
    // One entry for each answer that is to come, also when nobody wants any more what was asked for.
    private readonly LinkedList<List<string>> _asked = [];
    private readonly SortedSet<string> _barsOnly = new(StringComparer.Ordinal);

    /// <summary>Symbols that have bars and nothing else.</summary>
    public IReadOnlyCollection<string> BarsOnly => _barsOnly;

    /// <summary>A connection stands: everything that was not refused before has been asked for in one message.</summary>
    public void BeginAnew(IEnumerable<string> symbols)
    {
        _asked.Clear();
        var wanted = symbols.ToList();
        _barsOnly.IntersectWith(wanted);
        Asked([.. wanted.Where(symbol => !_barsOnly.Contains(symbol))]);
    }

    public void Asked(IReadOnlyCollection<string> symbols)
    {
        if (symbols.Count > 0)
        {
            _asked.AddLast([.. symbols]);
            _barsOnly.ExceptWith(symbols);
        }
    }

    /// <summary>The venue told what it streams now.</summary>
    public void Accepted(AlpacaSubscription state)
    {
        var granted = (state.Trades ?? []).ToHashSet(StringComparer.Ordinal);
        while (_asked.First is { } oldest && (granted.Contains("*") || oldest.Value.All(granted.Contains)))
        {
            _asked.RemoveFirst();
        }
    }

    /// <summary>The venue refused what was asked first.</summary>
    /// <returns>It; null when nothing was asked for.</returns>
    public IReadOnlyList<string>? Refused()
    {
        if (_asked.First is not { } oldest)
        {
            return null;
        }

        _asked.RemoveFirst();
        return oldest.Value;
    }

    /// <summary>Which of these the venue streams trades and quotes of.</summary>
    public IEnumerable<string> Granted(IEnumerable<string> symbols) =>
        symbols.Where(symbol => !_barsOnly.Contains(symbol) && !_asked.Any(asked => asked.Contains(symbol)));

    /// <summary>It is left without trades and quotes.</summary>
    public void GiveUp(string symbol) => _barsOnly.Add(symbol);

    /// <summary>Symbols that are not followed any more.</summary>
    /// <returns>Those that had no room and may have it now.</returns>
    public IReadOnlyCollection<string> Remove(IReadOnlyCollection<string> symbols)
    {
        _barsOnly.ExceptWith(symbols);
        foreach (var asked in _asked)
        {
            asked.RemoveAll(symbols.Contains);
        }

        return [.. _barsOnly];
    }
}
