namespace StratForge.Gateway.Risk;

/// <summary>The limits and switches in memory, and their way there.</summary>
internal sealed class RiskBooks(RiskStore store) : IDisposable
{
    // One read at a time: otherwise the older of two could replace the newer.
    private readonly SemaphoreSlim _reading = new(1);
    private volatile RiskBook? _current;

    /// <summary>As last read.</summary>
    /// <exception cref="InvalidOperationException">Nothing was read yet: the service that does so has not started.</exception>
    public RiskBook Current => _current ?? throw new InvalidOperationException("Limits and switches were not read yet.");

    /// <summary>Reads what is stored now, unless it is in memory already.</summary>
    public async Task<RiskBook> RefreshAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_current is not { } current || await store.ReadVersionAsync(cancellationToken) != current.Version)
            {
                _current = await store.ReadAsync(cancellationToken);
            }

            return _current;
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();
}
