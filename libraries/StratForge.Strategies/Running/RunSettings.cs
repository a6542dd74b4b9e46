using StratForge.Contracts.Hosting;

namespace StratForge.Strategies.Running;

/// <summary>What a strategy starts with.</summary>
/// <param name="Symbol">The session's symbol.</param>
/// <param name="IsCrypto">Decides lot and tick.</param>
/// <param name="Seed">Seed of its random numbers.</param>
/// <param name="Cash">Cash free to spend, USD.</param>
/// <param name="Position">What the session holds of its symbol.</param>
/// <param name="State">What it kept, if it goes on from there.</param>
internal sealed record RunSettings(string Symbol, bool IsCrypto, long Seed, double Cash, Position Position, StateFrame? State = null);
