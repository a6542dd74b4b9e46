namespace StratForge.Contracts.Market;

/// <summary>Tells ingestor and workers at once what they would otherwise find at their next look into sets and tables.</summary>
/// <param name="Action"><see cref="Subscribe"/> or <see cref="Unsubscribe"/>.</param>
/// <param name="Symbol">The symbol concerned.</param>
/// <param name="Type">Its asset class.</param>
/// <param name="StrategyId">The strategy of the session concerned, if any.</param>
/// <param name="SessionId">The session that was started or is to stop, if any.</param>
public sealed record SubscriptionUpdate(
    string Action, string Symbol, AssetClass Type, Guid? StrategyId = null, Guid? SessionId = null)
{
    /// <summary>A symbol is wanted; with a session id, that session waits for a worker.</summary>
    public const string Subscribe = "subscribe";

    /// <summary>A session is to stop; the symbol stays subscribed while its set still holds it.</summary>
    public const string Unsubscribe = "unsubscribe";
}
