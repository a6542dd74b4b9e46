using System.Text.Json;
using StratForge.Contracts.Market;
using StratForge.Contracts.Sessions;

namespace StratForge.Gateway.Sessions;

/// <summary>What to start. Nulls take what the strategy says, its newest version, and the default policy.</summary>
internal sealed record NewSession(
    Guid StrategyId, string? Symbol = null, string? Mode = null, JsonElement? Parameters = null, int? Version = null, StopPolicy? StopPolicy = null);

/// <summary>What became of the wish to start a session.</summary>
internal abstract record StartOutcome
{
    private StartOutcome()
    {
    }

    public sealed record Started(Session Session, SubscriptionUpdate Event) : StartOutcome;

    public sealed record UnknownStrategy : StartOutcome;

    /// <summary>The strategy has no such version.</summary>
    public sealed record UnknownVersion(int Newest) : StartOutcome;

    public sealed record StrategyDisabled : StartOutcome;

    /// <summary>The broker lists no such symbol, or takes no orders for it.</summary>
    public sealed record UnknownSymbol(string Symbol) : StartOutcome;

    public sealed record TooMany(int Most) : StartOutcome;
}

/// <summary>What became of the wish to pause, resume, stop or restrict a session.</summary>
internal abstract record SteerOutcome
{
    private SteerOutcome()
    {
    }

    /// <summary>It is as asked now, or was already.</summary>
    public sealed record Done(Session Session, bool Changed) : SteerOutcome;

    /// <summary>Not from the state it is in.</summary>
    public sealed record Refused(string Code, SessionStatus Status) : SteerOutcome;

    public sealed record Unknown : SteerOutcome;
}
