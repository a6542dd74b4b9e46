namespace StratForge.SimulatedExchange.Protocol;

/// <summary>A bucket that holds a minute's requests and refills evenly.</summary>
internal sealed class TokenBucket(int capacity, TimeProvider time)
{
    private readonly Lock _gate = new();
    private double _tokens = capacity;
    private long _filledAt = time.GetTimestamp();

    public int Capacity => capacity;

    /// <summary>Takes one token if there is one.</summary>
    public bool Take(out int remaining, out DateTimeOffset fullAt)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            _tokens = Math.Min(capacity, _tokens + (time.GetElapsedTime(_filledAt, now).TotalMinutes * capacity));
            _filledAt = now;
            var taken = _tokens >= 1;
            _tokens -= taken ? 1 : 0;
            remaining = (int)_tokens;
            fullAt = time.GetUtcNow() + TimeSpan.FromMinutes((capacity - _tokens) / capacity);
            return taken;
        }
    }
}
