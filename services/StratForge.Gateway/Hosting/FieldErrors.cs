using System.Diagnostics.CodeAnalysis;

namespace StratForge.Gateway.Hosting;

/// <summary>What is wrong with a request, field by field, in the request's own spelling.</summary>
public sealed class FieldErrors
{
    private readonly Dictionary<string, List<string>> _errors = new(StringComparer.Ordinal);

    /// <summary>Whether nothing is wrong.</summary>
    public bool None => _errors.Count == 0;

    /// <summary>Adds a sentence about a field; the field's name stands before it, so it begins with a verb.</summary>
    public void Add(string field, string error)
    {
        if (!_errors.TryGetValue(field, out var list))
        {
            _errors[field] = list = [];
        }

        list.Add(error);
    }

    /// <summary>Checks that a text is there and not too long.</summary>
    /// <returns>Whether it is.</returns>
    public bool Require(string field, [NotNullWhen(true)] string? value, int longest)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            Add(field, "is required.");
            return false;
        }

        // Postgres has no zero character in text.
        if (value.Length > longest || value.Contains('\0', StringComparison.Ordinal))
        {
            Add(field, $"may have at most {longest} characters, none of them zero.");
            return false;
        }

        return true;
    }

    /// <summary>Everything that was added.</summary>
    public IReadOnlyDictionary<string, string[]> ToDictionary() =>
        _errors.ToDictionary(field => field.Key, field => field.Value.ToArray(), StringComparer.Ordinal);
}
