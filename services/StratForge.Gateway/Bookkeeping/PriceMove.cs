namespace StratForge.Gateway.Bookkeeping;

/// <summary>Lets the orders of symbols move on whose prices reached something, or may have. Prices that come while it waits for its turn join it.</summary>
internal sealed class PriceMove : BookCommand
{
    private readonly HashSet<string> _symbols = new(StringComparer.Ordinal);
    private bool _isUnderWay;

    public override int Size => 0;

    /// <summary>Adds a symbol.</summary>
    /// <returns>False when it is too late: another move has to be queued.</returns>
    public bool TryJoin(string symbol)
    {
        lock (_symbols)
        {
            if (!_isUnderWay)
            {
                _symbols.Add(symbol);
            }

            return !_isUnderWay;
        }
    }

    public override void Apply(BookWork work)
    {
        lock (_symbols)
        {
            // Whoever finds this under way queues another, which looks at the price again.
            _isUnderWay = true;
            work.Moved.UnionWith(_symbols);
        }
    }

    public override void Failed(Exception exception)
    {
        lock (_symbols)
        {
            _isUnderWay = true;
        }
    }
}
