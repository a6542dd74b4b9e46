using System.Diagnostics.CodeAnalysis;

namespace StratForge.Gateway.Hosting;

/// <summary>A request that can say what is wrong with it, without looking anything up.</summary>
public interface IValidated
{
    /// <summary>Adds what is wrong; adds nothing when all is well.</summary>
    void Validate(FieldErrors errors);
}

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

/// <summary>Refuses invalid requests before their endpoint runs.</summary>
internal static class RequestValidation
{
    /// <summary>Checks every argument of the group's endpoints that is <see cref="IValidated"/>.</summary>
    public static RouteGroupBuilder WithRequestValidation(this RouteGroupBuilder group) =>
        group.AddEndpointFilter(async (context, next) =>
        {
            var errors = new FieldErrors();
            foreach (var argument in context.Arguments)
            {
                (argument as IValidated)?.Validate(errors);
            }

            return errors.None ? await next(context) : Problems.Invalid(errors.ToDictionary());
        });
}
