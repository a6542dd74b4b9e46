using System.Text.Json;
using StratForge.Contracts.Market;
using StratForge.Contracts.Sessions;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Strategies;

namespace StratForge.Gateway.Sessions;

/// <summary>Starts a session.</summary>
/// <param name="Symbol">What to trade; left out, the strategy's own symbol.</param>
/// <param name="Type"><c>stock</c> or <c>crypto</c>; left out, the symbol tells.</param>
/// <param name="StrategyId">What to run.</param>
/// <param name="Mode"><c>PAPER</c> (default) or <c>OBSERVE</c>.</param>
/// <param name="Parameters">Values that differ from the strategy's own, at most 16 KiB.</param>
/// <param name="Version">Which version of the strategy to run; left out, the newest.</param>
/// <param name="StopPolicy">What becomes of its open orders and of what it holds when it ends: <c>leave</c>, <c>cancel</c> (default) or
/// <c>flatten</c>.</param>
public sealed record StartSessionRequest(
    string? Symbol = null,
    string? Type = null,
    Guid? StrategyId = null,
    string? Mode = null,
    JsonElement? Parameters = null,
    int? Version = null,
    string? StopPolicy = null) : IValidated
{
    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        SessionRules.Check(errors, Symbol, Mode, Version, StopPolicy, Parameters);
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

    }
}

/// <summary>Starts a strategy. All of it may be left out: then its newest version runs on its own symbol, with its own parameters.</summary>
/// <param name="Symbol">What to trade; left out, the strategy's own symbol.</param>
/// <param name="Mode"><c>PAPER</c> (default) or <c>OBSERVE</c>.</param>
/// <param name="Parameters">Values that differ from the strategy's own, at most 16 KiB.</param>
/// <param name="Version">Which version to run; left out, the newest.</param>
/// <param name="StopPolicy">What becomes of its open orders and of what it holds when it ends: <c>leave</c>, <c>cancel</c> (default) or
/// <c>flatten</c>.</param>
public sealed record StartStrategyRequest(
    string? Symbol = null,
    string? Mode = null,
    JsonElement? Parameters = null,
    int? Version = null,
    string? StopPolicy = null) : IValidated
{
    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        SessionRules.Check(errors, Symbol, Mode, Version, StopPolicy, Parameters);
    }
}

/// <summary>Stops sessions.</summary>
/// <param name="Policy">What becomes of open orders and of what is held: <c>leave</c>, <c>cancel</c> or <c>flatten</c>; left out, as was said
/// at the start. A session that stops already takes another policy.</param>
public sealed record StopRequest(string? Policy = null) : IValidated
{
    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        SessionRules.CheckPolicy(errors, "policy", Policy);
    }
}

/// <summary>Lets a session only make its position smaller, or lifts that.</summary>
/// <param name="Enabled">Whether it may only reduce; true when left out.</param>
/// <param name="Reason">Why, for the record of changes; at most 500 characters.</param>
public sealed record ReduceOnlyRequest(bool? Enabled = null, string? Reason = null) : IValidated
{
    private const int LongestReason = 500;

    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (Reason is not null)
        {
            errors.Require("reason", Reason, LongestReason);
        }
    }
}

/// <summary>What requests about sessions may hold.</summary>
internal static class SessionRules
{
    public static void Check(FieldErrors errors, string? symbol, string? mode, int? version, string? stopPolicy, JsonElement? parameters)
    {
        if (symbol is not null)
        {
            StrategyRules.CheckSymbol(errors, symbol);
        }

        if (mode is not (null or "PAPER" or "OBSERVE"))
        {
            errors.Add("mode", "may be PAPER or OBSERVE.");
        }

        if (version < 1)
        {
            errors.Add("version", "is a version of the strategy, from 1.");
        }

        CheckPolicy(errors, "stopPolicy", stopPolicy);
        StrategyRules.CheckParameters(errors, parameters);
    }

    public static void CheckPolicy(FieldErrors errors, string field, string? policy)
    {
        if (policy is not null && StopPolicies.Parse(policy) is null)
        {
            errors.Add(field, $"may be {StopPolicies.All}.");
        }
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

/// <summary>What an owner's command came to.</summary>
/// <param name="Message">The same for a reader.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Session">Where it stands now.</param>
public sealed record SteeredSession(string Message, Guid SessionId, Session Session);

/// <summary>The sessions of a strategy were told to stop.</summary>
/// <param name="SessionIds">Those that did not stop already and had not ended.</param>
public sealed record StopSessionsResponse(IReadOnlyList<Guid> SessionIds);
