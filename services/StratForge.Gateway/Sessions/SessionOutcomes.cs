using System.Text.Json;
using StratForge.Contracts.Market;

namespace StratForge.Gateway.Sessions;

/// <summary>What to start. Nulls take what the strategy says.</summary>
internal sealed record NewSession(Guid StrategyId, string? Symbol, string? Mode, JsonElement? Parameters);

/// <summary>What became of the wish to start a session.</summary>
internal abstract record StartOutcome
{
    private StartOutcome()
    {
    }

    public sealed record Started(Session Session, SubscriptionUpdate Event) : StartOutcome;

    public sealed record UnknownStrategy : StartOutcome;

    public sealed record StrategyDisabled : StartOutcome;

    /// <summary>The broker lists no such symbol, or takes no orders for it.</summary>
    public sealed record UnknownSymbol(string Symbol) : StartOutcome;

    public sealed record TooMany(int Most) : StartOutcome;
}

/// <summary>What became of the wish to stop one.</summary>
internal abstract record StopOutcome
{
    private StopOutcome()
    {
    }

    /// <summary>It is stopping now, or was already.</summary>
    public sealed record Stopping : StopOutcome;

    /// <summary>It had ended before; nothing changed.</summary>
    public sealed record Ended : StopOutcome;

    public sealed record Unknown : StopOutcome;
}
