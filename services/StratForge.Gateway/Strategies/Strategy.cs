using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StratForge.Gateway.Strategies;

/// <summary>What a strategy is written in.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StrategyLanguage>))]
public enum StrategyLanguage
{
    /// <summary>C#.</summary>
    [JsonStringEnumMemberName("csharp")] CSharp,

    /// <summary>Python.</summary>
    [JsonStringEnumMemberName("python")] Python,
}

/// <summary>A strategy with its code.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">As its owner calls it.</param>
/// <param name="Language">What the code is written in.</param>
/// <param name="Symbol">What it trades unless a session says otherwise.</param>
/// <param name="Code">The source of the newest version.</param>
/// <param name="CodeHash">SHA-256 over language and code, hexadecimal.</param>
/// <param name="Version">Rises by one whenever language or code change.</param>
/// <param name="Parameters">Values of the strategy's parameters by name.</param>
/// <param name="LogicExplanation">What it does, for a reader.</param>
/// <param name="Enabled">Whether sessions may be started with it.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="UpdatedAt">When anything of it changed last.</param>
/// <param name="RunningSessions">Sessions of it that have not ended.</param>
public sealed record Strategy(
    Guid Id,
    string Name,
    StrategyLanguage Language,
    string Symbol,
    string Code,
    string CodeHash,
    int Version,
    JsonElement Parameters,
    string? LogicExplanation,
    bool Enabled,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    int RunningSessions)
{
    /// <summary>The same as <see cref="Code"/>, for clients of before there was C#. Absent for other languages.</summary>
    [JsonPropertyName("python_code")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PythonCode => Language == StrategyLanguage.Python ? Code : null;

    /// <summary>Rises with every change; it travels in the <c>ETag</c>.</summary>
    internal int Revision { get; init; }

    internal static string HashOf(StrategyLanguage language, string code) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Spell(language)}\n{code}")));

    internal static string Spell(StrategyLanguage language) => language == StrategyLanguage.Python ? "python" : "csharp";

    internal static StrategyLanguage ParseLanguage(string language) =>
        language == "python" ? StrategyLanguage.Python : StrategyLanguage.CSharp;
}

/// <summary>A strategy in a list: everything but the code.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">As its owner calls it.</param>
/// <param name="Language">What the code is written in.</param>
/// <param name="Symbol">What it trades unless a session says otherwise.</param>
/// <param name="CodeHash">SHA-256 over language and code, hexadecimal.</param>
/// <param name="Version">Rises by one whenever language or code change.</param>
/// <param name="Parameters">Values of the strategy's parameters by name.</param>
/// <param name="LogicExplanation">What it does, for a reader.</param>
/// <param name="Enabled">Whether sessions may be started with it.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="UpdatedAt">When anything of it changed last.</param>
/// <param name="RunningSessions">Sessions of it that have not ended.</param>
public sealed record StrategySummary(
    Guid Id,
    string Name,
    StrategyLanguage Language,
    string Symbol,
    string CodeHash,
    int Version,
    JsonElement Parameters,
    string? LogicExplanation,
    bool Enabled,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    int RunningSessions);

/// <summary>One version of a strategy's code.</summary>
/// <param name="Version">From one.</param>
/// <param name="Language">What the code is written in.</param>
/// <param name="CodeHash">SHA-256 over language and code, hexadecimal.</param>
/// <param name="CreatedAt">When it was saved.</param>
/// <param name="RestoredFrom">The version whose code it brought back; null where it was written anew.</param>
/// <param name="RunningSessions">Sessions that run it and have not ended.</param>
/// <param name="Code">The source; absent in lists.</param>
public sealed record StrategyVersion(
    int Version,
    StrategyLanguage Language,
    string CodeHash,
    DateTimeOffset CreatedAt,
    int? RestoredFrom,
    int RunningSessions,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code = null);
