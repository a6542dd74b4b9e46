using System.Text.Json;

namespace StratForge.Contracts.Validation;

/// <summary>A strategy to be examined by a worker, inside the cage.</summary>
/// <param name="Language"><c>csharp</c> or <c>python</c>.</param>
/// <param name="Code">Its source.</param>
/// <param name="Symbol">What it would trade.</param>
/// <param name="Parameters">Values for its parameters that differ from the declared ones.</param>
public sealed record ValidateStrategy(string Language, string Code, string Symbol, IReadOnlyDictionary<string, JsonElement> Parameters)
{
    /// <summary>Kind of the job that carries it.</summary>
    public const string JobKind = "validate";
}
