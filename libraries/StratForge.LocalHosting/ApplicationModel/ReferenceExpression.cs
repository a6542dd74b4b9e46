using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace StratForge.LocalHosting.ApplicationModel;

/// <summary>Text with holes that are filled when the application runs, or written as expressions when it is published.</summary>
/// <remarks>A hole with the format <c>:uri</c> is percent-encoded.</remarks>
public sealed class ReferenceExpression : IValueProvider, IManifestExpressionProvider, IValueWithReferences
{
    private readonly ImmutableArray<Segment> _segments;

    internal ReferenceExpression(ImmutableArray<Segment> segments) => _segments = segments;

    /// <summary>A composite format string: literals with doubled braces, holes as <c>{0}</c>.</summary>
    public string Format
    {
        get
        {
            var text = new StringBuilder();
            var hole = 0;
            foreach (var segment in _segments)
            {
                text.Append(segment.Value is null ? Escaped(segment.Literal) : $"{{{(hole++).ToString(CultureInfo.InvariantCulture)}}}");
            }

            return text.ToString();
        }
    }

    public string ValueExpression => string.Concat(_segments.Select(segment =>
        segment.Value is null ? Escaped(segment.Literal) : segment.Expression));

    public IReadOnlyList<IValueProvider> ValueProviders => [.. Holes.Select(hole => (IValueProvider)hole.Value!)];

    public IReadOnlyList<string> ManifestExpressions => [.. Holes.Select(hole => hole.Expression)];

    public IReadOnlyList<string?> StringFormats => [.. Holes.Select(hole => hole.StringFormat)];

    public IEnumerable<object> References => Holes.Select(hole => hole.Value!);

    /// <summary>Parameters of this expression that are written percent-encoded.</summary>
    internal IEnumerable<ParameterResource> UriEncodedParameters =>
        Holes.Where(hole => hole.IsUri).Select(hole => hole.Value).OfType<ParameterResource>();

    private IEnumerable<Segment> Holes => _segments.Where(segment => segment.Value is not null);

    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => handler.Expression();

    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        // An expression of one hole is that value, null included, so that an optional one stays absent.
        if (_segments is [{ Value: IValueProvider only, IsUri: false }])
        {
            return await only.GetValueAsync(cancellationToken);
        }

        var text = new StringBuilder();
        foreach (var segment in _segments)
        {
            if (segment.Value is IValueProvider provider)
            {
                var value = await provider.GetValueAsync(cancellationToken) ?? "";
                text.Append(segment.IsUri ? Uri.EscapeDataString(value) : value);
            }
            else
            {
                text.Append(segment.Literal);
            }
        }

        return text.ToString();
    }

    public override string ToString() => ValueExpression;

    private static string Escaped(string literal) =>
        literal.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);

    internal readonly record struct Segment(string Literal, object? Value, string? StringFormat)
    {
        public bool IsUri => string.Equals(StringFormat, "uri", StringComparison.OrdinalIgnoreCase);

        public string Expression => IsUri && Value is ParameterResource parameter
            ? $"{{{parameter.Name}-uri-encoded.value}}"
            : ((IManifestExpressionProvider)Value!).ValueExpression;
    }

    /// <summary>Collects the pieces of an interpolated string.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct ExpressionInterpolatedStringHandler(int literalLength, int formattedCount)
    {
        private readonly ImmutableArray<Segment>.Builder _segments =
            ImmutableArray.CreateBuilder<Segment>(formattedCount * 2 + (literalLength > 0 ? 1 : 0));

        public void AppendLiteral(string value) => _segments.Add(new(value, null, null));

        public void AppendFormatted(string? value) => AppendLiteral(value ?? "");

        public void AppendFormatted(string? value, string? format) =>
            AppendLiteral(format == "uri" ? Uri.EscapeDataString(value ?? "") : value ?? "");

        public void AppendFormatted<T>(T valueProvider)
            where T : IValueProvider, IManifestExpressionProvider => AppendFormatted(valueProvider, null);

        public void AppendFormatted<T>(T valueProvider, string? format)
            where T : IValueProvider, IManifestExpressionProvider => _segments.Add(new("", valueProvider, format));

        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider)
            where T : IResource, IValueProvider, IManifestExpressionProvider => AppendFormatted(valueProvider.Resource, null);

        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider, string? format)
            where T : IResource, IValueProvider, IManifestExpressionProvider => AppendFormatted(valueProvider.Resource, format);

        internal ReferenceExpression Expression() => new(_segments.ToImmutable());
    }
}

/// <summary>Builds a <see cref="ReferenceExpression"/> piece by piece.</summary>
public sealed class ReferenceExpressionBuilder
{
    private readonly ImmutableArray<ReferenceExpression.Segment>.Builder _segments =
        ImmutableArray.CreateBuilder<ReferenceExpression.Segment>();

    public bool IsEmpty => _segments.Count == 0;

    public void AppendLiteral(string value) => _segments.Add(new(value, null, null));

    public void AppendFormatted(string? value) => AppendLiteral(value ?? "");

    public void AppendFormatted<T>(T valueProvider, string? format = null)
        where T : IValueProvider, IManifestExpressionProvider => _segments.Add(new("", valueProvider, format));

    public ReferenceExpression Build() => new(_segments.ToImmutable());
}
