using System.Globalization;
using System.Text;
using System.Text.Json;

namespace StratForge.Contracts;

/// <summary>Which JSON of other people's can be kept and given back. Postgres' <c>jsonb</c> refuses what JSON allows: the zero character, halves of
/// surrogate pairs, numbers of more digits than its <c>numeric</c> has. And it writes numbers out, so that the five characters of <c>1e999</c> are read
/// back as a thousand: a short text can become one that fills a process's memory.</summary>
public static class StorableJson
{
    // Beyond any double, far within numeric.
    private const int MostExponent = 400;

    /// <summary>Why it can't be kept, as the rest of a sentence that begins with its name; null when it can.</summary>
    /// <param name="json">A value of any kind.</param>
    /// <param name="most">How many bytes of UTF-8 it may have with its numbers written out.</param>
    public static string? FlawOf(JsonElement json, int most)
    {
        var bytes = (long)Encoding.UTF8.GetByteCount(json.GetRawText());
        return (bytes <= most ? FlawOf(json, ref bytes) : null) ?? (bytes > most ? $"has more than {most} bytes of JSON, its numbers written out" : null);
    }

    private static string? FlawOf(JsonElement json, ref long bytes)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in json.EnumerateObject())
                {
                    if ((FlawOfText(property, static property => property.Name) ?? FlawOf(property.Value, ref bytes)) is { } flaw)
                    {
                        return flaw;
                    }
                }

                return null;
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                {
                    if (FlawOf(item, ref bytes) is { } flaw)
                    {
                        return flaw;
                    }
                }

                return null;
            case JsonValueKind.String:
                return FlawOfText(json, static json => json.GetString()!);
            case JsonValueKind.Number:
                var text = json.GetRawText().AsSpan();
                var e = text.IndexOfAny('e', 'E');
                var exponent = 0;
                if (!double.IsFinite(json.GetDouble())
                    || (e >= 0 && (!int.TryParse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)
                        || exponent is < -MostExponent or > MostExponent)))
                {
                    return $"holds a number that is out of range: {(text.Length <= 40 ? text : $"{text[..40]}…")}";
                }

                bytes += Math.Abs(exponent);
                return null;
            default:
                return null;
        }
    }

    private static string? FlawOfText<T>(T holder, Func<T, string> read)
    {
        try
        {
            return read(holder).Contains('\0', StringComparison.Ordinal) ? "holds the zero character" : null;
        }
        catch (InvalidOperationException)
        {
            // How the reader says that an escape is half of a surrogate pair.
            return "holds half of a surrogate pair";
        }
    }
}
