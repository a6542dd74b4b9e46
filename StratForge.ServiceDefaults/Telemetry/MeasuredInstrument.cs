using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace StratForge.ServiceDefaults.Telemetry;

/// <summary>What one instrument has measured so far, by its labels, in Prometheus' terms.</summary>
internal sealed class MeasuredInstrument
{
    // A label that takes any value would grow for ever; what comes after so many is left out.
    private const int MostSeries = 1_000;

    private static readonly double[] Seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly double[] Amounts = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 10_000, 100_000];

    private readonly Instrument _instrument;
    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);

    // The same series by what they are recorded with, so that their labels are spelled out once and not per request.
    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], Series> _byTags = new(TagsComparer.Instance);
    private readonly ConcurrentDictionary<KeyValuePair<string, object?>[], Series>.AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>> _lookup;
    private readonly Shape _shape;
    private readonly double[] _bounds;

    public MeasuredInstrument(Instrument instrument, IReadOnlyList<double>? advisedBounds)
    {
        _instrument = instrument;
        var kind = instrument.GetType().GetGenericTypeDefinition();
        _shape = kind == typeof(Histogram<>) ? Shape.Histogram
            : kind == typeof(Counter<>) ? Shape.Counter
            : kind == typeof(ObservableCounter<>) ? Shape.ObservedCounter
            : kind == typeof(UpDownCounter<>) ? Shape.UpDown
            : kind == typeof(Gauge<>) ? Shape.Gauge
            : Shape.Observed;
        _bounds = _shape != Shape.Histogram ? [] : advisedBounds is { Count: > 0 } ? [.. advisedBounds] : instrument.Unit == "s" ? Seconds : Amounts;
        Name = NameOf(instrument);
        _lookup = _byTags.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
    }

    public string Name { get; }

    private enum Shape
    {
        Counter,
        ObservedCounter,
        UpDown,
        Gauge,
        Observed,
        Histogram,
    }

    /// <summary>What is observed is about to be told anew, by each that observes it.</summary>
    public void Forget()
    {
        if (_shape is not (Shape.Observed or Shape.ObservedCounter))
        {
            return;
        }

        foreach (var series in _series.Values)
        {
            lock (series)
            {
                series.Value = 0;
            }
        }
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!_lookup.TryGetValue(tags, out var series) && !TryAdd(tags, out series))
        {
            return;
        }

        lock (series)
        {
            series.Value = _shape == Shape.Gauge ? value : series.Value + value;
            if (_shape == Shape.Histogram)
            {
                series.Count++;
                var bucket = Array.FindIndex(_bounds, bound => value <= bound);
                if (bucket >= 0)
                {
                    series.Buckets[bucket]++;
                }
            }
        }
    }

    private bool TryAdd(ReadOnlySpan<KeyValuePair<string, object?>> tags, [NotNullWhen(true)] out Series? series)
    {
        var labels = tags.Length == 0 ? "" : LabelsOf(tags);
        if (!_series.TryGetValue(labels, out series))
        {
            if (_series.Count >= MostSeries)
            {
                return false;
            }

            series = _series.GetOrAdd(labels, _ => new Series(new long[_bounds.Length]));
        }

        if (_byTags.Count < MostSeries)
        {
            _lookup.TryAdd(tags, series);
        }

        return true;
    }

    public void Write(StringBuilder page)
    {
        if (_series.IsEmpty)
        {
            return;
        }

        page.Append("# HELP ").Append(Name).Append(' ').Append((_instrument.Description ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace('\n', ' ')).Append('\n');
        page.Append("# TYPE ").Append(Name).Append(_shape switch
        {
            Shape.Counter or Shape.ObservedCounter => " counter\n",
            Shape.Histogram => " histogram\n",
            _ => " gauge\n",
        });
        foreach (var (labels, series) in _series.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            lock (series)
            {
                Write(page, labels, series);
            }
        }
    }

    private void Write(StringBuilder page, string labels, Series series)
    {
        if (_shape != Shape.Histogram)
        {
            Line(page, "", labels, series.Value);
            return;
        }

        var separator = labels.Length == 0 ? "" : ",";
        long below = 0;
        for (var i = 0; i < _bounds.Length; i++)
        {
            below += series.Buckets[i];
            Line(page, "_bucket", string.Create(CultureInfo.InvariantCulture, $"{labels}{separator}le=\"{_bounds[i]}\""), below);
        }

        Line(page, "_bucket", $"{labels}{separator}le=\"+Inf\"", series.Count);
        Line(page, "_sum", labels, series.Value);
        Line(page, "_count", labels, series.Count);
    }

    private void Line(StringBuilder page, string suffix, string labels, double value)
    {
        page.Append(Name).Append(suffix);
        if (labels.Length > 0)
        {
            page.Append('{').Append(labels).Append('}');
        }

        page.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private string NameOf(Instrument instrument)
    {
        var unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",
        };
        var name = instrument.Name.Replace('.', '_').Replace('-', '_');
        name = name.EndsWith(unit, StringComparison.Ordinal) ? name : name + unit;
        return _shape is Shape.Counter or Shape.ObservedCounter ? $"{name}_total" : name;
    }

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            labels.Append(labels.Length == 0 ? "" : ",").Append(name.Replace('.', '_').Replace('-', '_')).Append("=\"");
            labels.Append((Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")
                .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal));
            labels.Append('"');
        }

        return labels.ToString();
    }

    private sealed class TagsComparer :
        IEqualityComparer<KeyValuePair<string, object?>[]>, IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, KeyValuePair<string, object?>[]>
    {
        public static readonly TagsComparer Instance = new();

        public bool Equals(KeyValuePair<string, object?>[]? x, KeyValuePair<string, object?>[]? y) => Equals(x.AsSpan(), y!);

        public int GetHashCode(KeyValuePair<string, object?>[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<KeyValuePair<string, object?>> alternate, KeyValuePair<string, object?>[] other)
        {
            if (alternate.Length != other.Length)
            {
                return false;
            }

            for (var i = 0; i < other.Length; i++)
            {
                if (alternate[i].Key != other[i].Key || !Equals(alternate[i].Value, other[i].Value))
                {
                    return false;
                }
            }

            return true;
        }

        public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> alternate)
        {
            var hash = default(HashCode);
            foreach (var (_, value) in alternate)
            {
                hash.Add(value);
            }

            return hash.ToHashCode();
        }

        public KeyValuePair<string, object?>[] Create(ReadOnlySpan<KeyValuePair<string, object?>> alternate) => alternate.ToArray();
    }

    private sealed class Series(long[] buckets)
    {
        public double Value { get; set; }

        public long Count { get; set; }

        public long[] Buckets => buckets;
    }
}
