using System.Text.Json;
using StratForge.Contracts.Market;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Strategies;

namespace StratForge.Gateway.Sessions;

/// <summary>Starts a session.</summary>
/// <param name="Symbol">What to trade; left out, the strategy's own symbol.</param>
/// <param name="Type"><c>stock</c> or <c>crypto</c>; left out, the symbol tells.</param>
/// <param name="StrategyId">What to run, in its newest version.</param>
/// <param name="Mode"><c>PAPER</c> (default) or <c>OBSERVE</c>.</param>
/// <param name="Parameters">Values that differ from the strategy's own, at most 16 KiB.</param>
public sealed record StartSessionRequest(
    string? Symbol = null,
    string? Type = null,
    Guid? StrategyId = null,
    string? Mode = null,
    JsonElement? Parameters = null) : IValidated
{
    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        if (Symbol is not null)
        {
            StrategyRules.CheckSymbol(errors, Symbol);
        }

        if (Type is not (null or "stock" or "crypto"))
        {
            errors.Add("type", "may be stock or crypto.");
        }
        else if (Type is not null && Symbol is not null && (Type == "crypto") != (Symbols.ClassOf(Symbol) == AssetClass.Crypto))
        {
            errors.Add("type", $"does not fit the symbol {Symbol}.");
        }

        if (StrategyId is null)
        {
            errors.Add("strategyId", "is required.");
        }

        if (Mode is not (null or "PAPER" or "OBSERVE"))
        {
            errors.Add("mode", "may be PAPER or OBSERVE.");
        }

        StrategyRules.CheckParameters(errors, Parameters);
    }
}

/// <summary>A session was started.</summary>
/// <param name="Message">The same for a reader.</param>
/// <param name="Data">The session and what was published about it.</param>
public sealed record StartSessionResponse(string Message, SessionStarted Data);

/// <summary>A new session, and the message that tells workers and ingestor of it.</summary>
/// <param name="Session">The session, waiting for a worker.</param>
/// <param name="Event">As published on the bus.</param>
public sealed record SessionStarted(Session Session, SubscriptionUpdate Event);

/// <summary>A session was told to stop, or had ended before.</summary>
/// <param name="Message">Which of the two.</param>
/// <param name="SessionId">The session.</param>
public sealed record StopSessionResponse(string Message, Guid SessionId);

/// <summary>The sessions of a strategy were told to stop.</summary>
/// <param name="SessionIds">Those that had not ended.</param>
public sealed record StopSessionsResponse(IReadOnlyList<Guid> SessionIds);
