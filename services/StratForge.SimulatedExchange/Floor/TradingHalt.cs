namespace StratForge.SimulatedExchange.Floor;

/// <summary>Trading in one stock stands still: orders rest.</summary>
/// <param name="Symbol">The stock.</param>
/// <param name="At">Since when, market time.</param>
/// <param name="ReasonCode">As the tape of Nasdaq's stocks spells it: <c>T1</c>, <c>LUDP</c>, <c>MWC1</c>.</param>
/// <param name="Reason">In words.</param>
internal sealed record TradingHalt(string Symbol, DateTimeOffset At, string ReasonCode, string Reason);

/// <summary>All halts. Belongs to the floor and is guarded by its lock; in memory only, a restart forgets them.</summary>
internal sealed class TradingHalts
{
    private readonly SortedDictionary<string, TradingHalt> _halts = new(StringComparer.Ordinal);

    public IReadOnlyList<TradingHalt> All => [.. _halts.Values];

    public bool IsHalted(string symbol) => _halts.Count > 0 && _halts.ContainsKey(symbol);

    /// <summary>Begins a halt, or gives one another reason.</summary>
    public void Begin(TradingHalt halt) => _halts[halt.Symbol] = halt;

    /// <summary>Ends a halt.</summary>
    /// <returns>Whether there was one.</returns>
    public bool End(string symbol) => _halts.Remove(symbol);
}
