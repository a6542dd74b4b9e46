using StratForge.Worker.Market;

namespace StratForge.Worker.Sessions;

/// <summary>Trades and quotes that a session has not been told yet, in the order in which they came.</summary>
/// <remarks>At the bound the oldest trade goes: a strategy that is slower than the market misses some, and its owner is told how many. Of quotes only the
/// newest of each symbol says anything.</remarks>
internal sealed class WaitingTicks
{
    /// <summary>Trades that wait at most.</summary>
    public const int MostTrades = 100;

    private readonly List<(int Place, Tick Tick)> _waiting = [];
    private int _trades;

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>How many wait.</summary>
    public int Count => _waiting.Count;

    /// <summary>Trades that went since the last taking.</summary>
    public int Dropped { get; private set; }

    /// <summary>Another one came.</summary>
    /// <param name="place">Place of its symbol.</param>
    /// <param name="tick">It.</param>
    public void Add(int place, in Tick tick)
    {
        if (tick.IsQuote)
        {
            _waiting.RemoveAll(one => one.Tick.IsQuote && one.Place == place);
        }
        else if (++_trades > MostTrades)
        {
            _waiting.RemoveAt(_waiting.FindIndex(one => !one.Tick.IsQuote));
            _trades--;
            Dropped++;
        }

        _waiting.Add((place, tick));
    }

    /// <summary>All that wait.</summary>
    public (int Place, Tick Tick)[] Take()
    {
        (int, Tick)[] all = [.. _waiting];
        _waiting.Clear();
        (_trades, Dropped) = (0, 0);
        return all;
    }
}
