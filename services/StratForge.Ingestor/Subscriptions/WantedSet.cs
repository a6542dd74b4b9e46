namespace StratForge.Ingestor.Subscriptions;

/// <summary>What is wanted of one class.</summary>
/// <param name="Symbols">All of it.</param>
/// <param name="Traded">Those among them that trading hangs on: the permanent ones, and those of open sessions and orders. The others are only watched.</param>
internal sealed record WantedSet(IReadOnlySet<string> Symbols, IReadOnlySet<string> Traded);
