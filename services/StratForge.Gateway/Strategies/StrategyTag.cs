using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace StratForge.Gateway.Strategies;

/// <summary>What a caller has seen of a strategy: its <c>ETag</c>, <c>"3.17"</c>, which changes with everything; or the version of its code alone,
/// <c>"3"</c>, which leaves names, symbols and parameters to whoever saves last.</summary>
/// <param name="Version">Version of the code.</param>
/// <param name="Revision">Number of the last change; null for any of that version.</param>
internal sealed record StrategyTag(int Version, int? Revision)
{
    public static StrategyTag Of(Strategy strategy) => new(strategy.Version, strategy.Revision);

    /// <summary>Reads <c>If-Match</c>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="seen">Null when anything will do.</param>
    /// <returns>Whether it makes sense.</returns>
    public static bool TryRead(HttpRequest request, out StrategyTag? seen)
    {
        seen = null;
        var header = request.Headers.IfMatch;
        if (header.Count == 0)
        {
            return true;
        }

        if (!EntityTagHeaderValue.TryParse(header.ToString(), out var tag))
        {
            return false;
        }

        return tag.Equals(EntityTagHeaderValue.Any) || TryParse(tag.Tag.ToString().Trim('"'), out seen);
    }

    public bool Fits(Strategy strategy) => Version == strategy.Version && (Revision is null || Revision == strategy.Revision);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"\"{Version}.{Revision}\"");

    private static bool TryParse(string text, out StrategyTag? tag)
    {
        tag = null;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (!TryParse(dot < 0 ? text : text[..dot], out int version))
        {
            return false;
        }

        if (dot < 0)
        {
            tag = new StrategyTag(version, Revision: null);
            return true;
        }

        var isWhole = TryParse(text[(dot + 1)..], out int revision);
        tag = new StrategyTag(version, revision);
        return isWhole;
    }

    private static bool TryParse(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
