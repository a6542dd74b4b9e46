using System.Text.Json;
using System.Text.Json.Serialization;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Strategies;

/// <summary>Has code examined that need not be saved.</summary>
/// <param name="Language"><c>csharp</c> or <c>python</c>; may be left out when <c>python_code</c> is given.</param>
/// <param name="Code">The source, at most 256 KiB.</param>
/// <param name="PythonCode">The same under its older name.</param>
/// <param name="Symbol">What it would trade; SPY when left out.</param>
/// <param name="Parameters">Values that differ from the declared ones, at most 16 KiB.</param>
public sealed record ValidateCodeRequest(
    string? Language = null,
    string? Code = null,
    [property: JsonPropertyName("python_code")] string? PythonCode = null,
    string? Symbol = null,
    JsonElement? Parameters = null) : IValidated
{
    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (Language is null && PythonCode is null)
        {
            errors.Add("language", "is required: csharp or python.");
        }

        if ((Code ?? PythonCode) is null)
        {
            errors.Add("code", "is required.");
        }

        if (Symbol is not null)
        {
            StrategyRules.CheckSymbol(errors, Symbol);
        }

        StrategyRules.CheckCode(errors, Language, Code, PythonCode);
        StrategyRules.CheckParameters(errors, Parameters);
    }
}

/// <summary>Has a strategy examined. All of it may be left out: then its newest version is, with its own symbol and parameters.</summary>
/// <param name="Version">Which version; not together with <c>code</c>.</param>
/// <param name="Code">Code in its place that is not saved yet, at most 256 KiB.</param>
/// <param name="Symbol">What it would trade.</param>
/// <param name="Parameters">Values that differ from the strategy's own, at most 16 KiB.</param>
public sealed record ValidateStrategyRequest(
    int? Version = null, string? Code = null, string? Symbol = null, JsonElement? Parameters = null) : IValidated
{
    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (Version < 1)
        {
            errors.Add("version", "is a version of the strategy, from 1.");
        }

        if (Version is not null && Code is not null)
        {
            errors.Add("version", "does not go with code: one of them is examined.");
        }

        if (Symbol is not null)
        {
            StrategyRules.CheckSymbol(errors, Symbol);
        }

        StrategyRules.CheckCode(errors, null, Code, null);
        StrategyRules.CheckParameters(errors, Parameters);
    }
}
