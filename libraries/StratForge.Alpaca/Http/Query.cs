using System.Globalization;
using System.Text;

namespace StratForge.Alpaca.Http;

/// <summary>Builds a request path with its query, leaving unset parameters out.</summary>
internal sealed class Query(string path)
{
    private readonly StringBuilder _text = new(path);
    private bool _hasParameters;

    public Query With(string name, string? value)
    {
        if (value is not null)
        {
            _text.Append(_hasParameters ? '&' : '?').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            _hasParameters = true;
        }

        return this;
    }

    public Query With(string name, int value) => With(name, value.ToString(CultureInfo.InvariantCulture));

    public Query With(string name, IReadOnlyList<string>? values) =>
        values is null ? this : With(name, string.Join(',', values));

    public Query With(string name, DateTimeOffset? at) =>
        With(name, at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));

    public override string ToString() => _text.ToString();
}
