namespace StratForge.Gateway.Alerts;

/// <summary>The highest values of accounts and sessions, for as long as they are looked at without a break: whoever has not looked for a while does
/// not know how high a value was meanwhile, and has to ask the samples again.</summary>
internal sealed class Peaks(TimeProvider clock)
{
    // A look every second; a late one is no break.
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(5);

    private Dictionary<Guid, Peak> _before = [];
    private Dictionary<Guid, Peak> _now = [];
    private long _lookedAt = clock.GetTimestamp();

    /// <summary>Begins a look: what is not noted in it is forgotten.</summary>
    public void Begin()
    {
        (_before, _now) = (clock.GetElapsedTime(_lookedAt) > Break ? [] : _now, []);
        _lookedAt = clock.GetTimestamp();
    }

    /// <summary>The highest value as of this look or the one before; null when it has to be asked for.</summary>
    /// <param name="key">The account or session.</param>
    /// <param name="era">Since when values count: what came before another era counts no more.</param>
    public decimal? Find(Guid key, DateTimeOffset? era) =>
        (_now.TryGetValue(key, out var peak) || _before.TryGetValue(key, out peak)) && peak.Era == era ? peak.Value : null;

    /// <summary>Notes the highest value.</summary>
    public void Note(Guid key, DateTimeOffset? era, decimal value) => _now[key] = new Peak(value, era);

    private sealed record Peak(decimal Value, DateTimeOffset? Era);
}
