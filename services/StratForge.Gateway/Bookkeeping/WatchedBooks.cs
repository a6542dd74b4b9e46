using System.Collections.Concurrent;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Bookkeeping;

/// <summary>What the open orders of every symbol wait for, as of the last unit of work; asked by whoever hears prices, on any thread.</summary>
internal sealed class WatchedBooks
{
    private readonly ConcurrentDictionary<string, PriceWatch> _watches = new(StringComparer.Ordinal);

    /// <summary>Symbols with something open.</summary>
    public IReadOnlySet<string> Symbols => _watches.Keys.ToHashSet(StringComparer.Ordinal);

    /// <summary>What a symbol waits for; null when nothing is open in it.</summary>
    public PriceWatch? Find(string symbol) => _watches.GetValueOrDefault(symbol);

    /// <summary>Takes over what changed.</summary>
    public void Update(IEnumerable<SymbolBook> changed)
    {
        foreach (var book in changed)
        {
            if (book.IsQuiet)
            {
                _watches.TryRemove(book.Symbol, out _);
            }
            else
            {
                _watches[book.Symbol] = book.Watch;
            }
        }
    }

    /// <summary>Forgets everything: the house is read anew.</summary>
    public void Clear() => _watches.Clear();
}
