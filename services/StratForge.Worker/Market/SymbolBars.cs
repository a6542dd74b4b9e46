namespace StratForge.Worker.Market;

/// <summary>The newest live bars of one symbol, in order and without gaps. Lives on the loop's thread.</summary>
/// <param name="symbol">The symbol.</param>
internal sealed class SymbolBars(string symbol)
{
    // Sessions that are further behind read storage in chunks; four hours of minutes cover a slow one without it.
    private const int Kept = 256;

    // Bars that arrive while a gap before them is being read. More than this, and storage has them anyway.
    private const int MaxEarly = 1_024;

    private readonly MarketBar?[] _recent = new MarketBar?[Kept];
    private readonly SortedDictionary<long, MarketBar> _early = [];
    private readonly List<IBarListener> _listeners = [];
    private readonly List<IBarListener> _told = [];

    public string Symbol { get; } = symbol;

    /// <summary>Whether storage was read once: until then nothing is known about what came before.</summary>
    public bool IsPositioned { get; private set; }

    /// <summary>The newest bar all before which are known.</summary>
    public long LastSeq { get; private set; }

    /// <summary>When the last bar came, by the clock's timestamp.</summary>
    public long LastNewsAt { get; set; }

    /// <summary>Start of the newest bar; null before the first.</summary>
    public DateTimeOffset? LastOpensAt { get; private set; }

    /// <summary>Whether a later bar was seen while some before it are missing.</summary>
    public bool HasGap => _early.Count > 0;

    public bool IsWanted => _listeners.Count > 0;

    public void Add(IBarListener listener) => _listeners.Add(listener);

    public void Remove(IBarListener listener) => _listeners.Remove(listener);

    /// <summary>Storage's newest number, before the first bar is taken.</summary>
    public void Position(long lastSeq)
    {
        if (!IsPositioned)
        {
            IsPositioned = true;
            LastSeq = lastSeq;
            TakeEarly();
            Tell();
        }
    }

    /// <summary>Takes a bar in any order, from bus or storage; a repeat is ignored.</summary>
    /// <returns>Whether bars before it are missing and must be read.</returns>
    public bool Take(MarketBar bar)
    {
        if (IsPositioned && bar.Seq <= LastSeq)
        {
            return false;
        }

        if (!IsPositioned || bar.Seq > LastSeq + 1)
        {
            if (_early.Count < MaxEarly)
            {
                _early[bar.Seq] = bar;
            }

            return IsPositioned;
        }

        Append(bar);
        TakeEarly();
        Tell();
        return HasGap;
    }

    /// <summary>A bar that is still at hand; null when it must be read from storage.</summary>
    public MarketBar? Find(long seq) => _recent[seq % Kept] is { } bar && bar.Seq == seq ? bar : null;

    private void TakeEarly()
    {
        while (_early.Count > 0)
        {
            var (seq, bar) = _early.First();
            if (seq > LastSeq + 1)
            {
                return;
            }

            _early.Remove(seq);
            if (seq == LastSeq + 1)
            {
                Append(bar);
            }
        }
    }

    private void Append(MarketBar bar)
    {
        _recent[bar.Seq % Kept] = bar;
        LastSeq = bar.Seq;
        LastOpensAt = bar.OpensAt;
        WorkerTelemetry.Bars.Add(1);
    }

    private void Tell()
    {
        // A copy: a listener that fails leaves the list while it is walked.
        _told.Clear();
        _told.AddRange(_listeners);
        foreach (var listener in _told)
        {
            listener.OnBars();
        }
    }
}

/// <summary>Wants to know that there are more bars.</summary>
internal interface IBarListener
{
    void OnBars();
}
