using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using StratForge.Contracts;
using StratForge.Contracts.Market;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Strategies;

/// <summary>Creates a strategy.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Language"><c>csharp</c> or <c>python</c>; may be left out when <c>python_code</c> is given.</param>
/// <param name="Symbol">What it trades: <c>AAPL</c>, <c>BTC/USD</c>.</param>
/// <param name="Code">The source, at most 256 KiB.</param>
/// <param name="PythonCode">The same under its older name.</param>
/// <param name="Parameters">Values of the strategy's parameters by name, at most 16 KiB.</param>
/// <param name="LogicExplanation">What it does, for a reader; at most 10,000 characters.</param>
public sealed record NewStrategyRequest(
    string? Name = null,
    string? Language = null,
    string? Symbol = null,
    string? Code = null,
    [property: JsonPropertyName("python_code")] string? PythonCode = null,
    JsonElement? Parameters = null,
    string? LogicExplanation = null) : IValidated
{
    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        errors.Require("name", Name, StrategyRules.LongestName);
        if (Language is null && PythonCode is null)
        {
            errors.Add("language", "is required: csharp or python.");
        }

        if (errors.Require("symbol", Symbol, 20))
        {
            StrategyRules.CheckSymbol(errors, Symbol);
        }

        if ((Code ?? PythonCode) is null)
        {
            errors.Add("code", "is required.");
        }

        StrategyRules.CheckCode(errors, Language, Code, PythonCode);
        StrategyRules.CheckParameters(errors, Parameters);
        StrategyRules.CheckExplanation(errors, LogicExplanation);
    }
}

/// <summary>Changes a strategy. What is left out stays as it is; new code or another language makes a new version.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Language"><c>csharp</c> or <c>python</c>.</param>
/// <param name="Symbol">What it trades: <c>AAPL</c>, <c>BTC/USD</c>.</param>
/// <param name="Code">The source, at most 256 KiB.</param>
/// <param name="PythonCode">The same under its older name.</param>
/// <param name="Parameters">Values of the strategy's parameters by name, at most 16 KiB.</param>
/// <param name="LogicExplanation">What it does, for a reader; at most 10,000 characters.</param>
/// <param name="Enabled">Whether sessions may be started with it.</param>
public sealed record StrategyChangeRequest(
    string? Name = null,
    string? Language = null,
    string? Symbol = null,
    string? Code = null,
    [property: JsonPropertyName("python_code")] string? PythonCode = null,
    JsonElement? Parameters = null,
    string? LogicExplanation = null,
    bool? Enabled = null) : IValidated
{
    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        if (Name is not null)
        {
            errors.Require("name", Name, StrategyRules.LongestName);
        }

        if (Symbol is not null)
        {
            StrategyRules.CheckSymbol(errors, Symbol);
        }

        StrategyRules.CheckCode(errors, Language, Code, PythonCode);
        StrategyRules.CheckParameters(errors, Parameters);
        StrategyRules.CheckExplanation(errors, LogicExplanation);
    }
}

/// <summary>Switches a strategy on or off.</summary>
/// <param name="Enabled">Whether sessions may be started with it; left out, it becomes what it is not.</param>
public sealed record ToggleRequest(bool? Enabled = null);

/// <summary>What strategies may hold.</summary>
internal static class StrategyRules
{
    public const int LongestName = 100;

    /// <summary>Bytes of source, as the table has it.</summary>
    private const int MostCode = 256 * 1024;

    private const int MostParameters = 16 * 1024;
    private const int LongestExplanation = 10_000;

    public static void CheckSymbol(FieldErrors errors, string symbol)
    {
        if (!Symbols.IsWellFormed(symbol))
        {
            errors.Add("symbol", "is not a symbol: stocks are spelled AAPL or BRK.B, crypto BTC/USD, in capitals.");
        }
    }

    public static void CheckCode(FieldErrors errors, string? language, string? code, string? pythonCode)
    {
        if (language is not (null or "csharp" or "python"))
        {
            errors.Add("language", "may be csharp or python.");
        }

        if (pythonCode is not null && language is "csharp")
        {
            errors.Add("python_code", "does not go with the language csharp; use code.");
        }

        if (code is not null && pythonCode is not null && code != pythonCode)
        {
            errors.Add("python_code", "differs from code; send one of them.");
        }

        if ((code ?? pythonCode) is not { } source)
        {
            return;
        }

        var field = code is null ? "python_code" : "code";
        if (string.IsNullOrWhiteSpace(source))
        {
            errors.Add(field, "may not be empty.");
        }
        else if (Encoding.UTF8.GetByteCount(source) > MostCode)
        {
            errors.Add(field, $"may have at most {MostCode} bytes.");
        }
        else if (source.Contains('\0', StringComparison.Ordinal))
        {
            errors.Add(field, "may not hold the zero character.");
        }
    }

    public static void CheckParameters(FieldErrors errors, JsonElement? parameters)
    {
        if (parameters is not { ValueKind: not JsonValueKind.Null } given)
        {
            return;
        }

        if (given.ValueKind != JsonValueKind.Object)
        {
            errors.Add("parameters", "has to be an object of names and values.");
        }
        else if (StorableJson.FlawOf(given, MostParameters) is { } flaw)
        {
            errors.Add("parameters", $"{flaw}.");
        }
    }

    public static void CheckExplanation(FieldErrors errors, string? explanation)
    {
        if (explanation is not null && (explanation.Length > LongestExplanation || explanation.Contains('\0', StringComparison.Ordinal)))
        {
            errors.Add("logicExplanation", $"may have at most {LongestExplanation} characters, none of them zero.");
        }
    }
}
