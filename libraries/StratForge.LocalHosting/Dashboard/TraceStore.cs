namespace StratForge.LocalHosting.Dashboard;

/// <summary>What a list shows of a trace.</summary>
/// <param name="Name">Of the span everything began with, as far as it is known.</param>
/// <param name="StartedAt">Nanoseconds since 1970.</param>
/// <param name="DurationNs">From the first begin to the last end, over all services.</param>
internal sealed record TraceSummary(
    string Id, string Name, string Service, ulong StartedAt, ulong DurationNs, int Spans, IReadOnlyList<string> Services, bool HasError);

/// <summary>The most recent traces. Old ones make room for new ones.</summary>
internal sealed class TraceStore
{
    public const int MaxTraces = 2000;

    /// <summary>Of one trace; a loop that never ends its trace is not to fill the memory.</summary>
    public const int MaxSpansPerTrace = 1000;

    /// <summary>Of all traces together: fifty in each, on an average.</summary>
    public const int MaxSpans = 100_000;

    private readonly Lock _reading = new();
    private readonly Dictionary<string, List<Span>> _traces = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private int _kept;
    private long _spans;
    private long _metrics;
    private long _logRecords;

    public (long Spans, long Metrics, long LogRecords) Received =>
        (Interlocked.Read(ref _spans), Interlocked.Read(ref _metrics), Interlocked.Read(ref _logRecords));

    public void CountMetrics(int metrics) => Interlocked.Add(ref _metrics, metrics);

    public void CountLogRecords(int records) => Interlocked.Add(ref _logRecords, records);

    public void Add(IReadOnlyList<Span> spans)
    {
        Interlocked.Add(ref _spans, spans.Count);
        lock (_reading)
        {
            foreach (var span in spans)
            {
                if (!_traces.TryGetValue(span.TraceId, out var trace))
                {
                    _traces[span.TraceId] = trace = [];
                    _order.Enqueue(span.TraceId);
                }

                if (trace.Count < MaxSpansPerTrace)
                {
                    trace.Add(span);
                    _kept++;
                }

                while (_order.Count > MaxTraces || _kept > MaxSpans)
                {
                    _traces.Remove(_order.Dequeue(), out var oldest);
                    _kept -= oldest!.Count;
                }
            }
        }
    }

    /// <summary>Spans of one trace in the order they began; empty when it is not known any more.</summary>
    public IReadOnlyList<Span> Find(string traceId)
    {
        lock (_reading)
        {
            return _traces.TryGetValue(traceId, out var spans) ? [.. spans.OrderBy(span => span.StartedAt)] : [];
        }
    }

    /// <summary>The newest first.</summary>
    /// <param name="limit">How many at most.</param>
    /// <param name="service">Only those this service took part in; null for all.</param>
    /// <param name="text">Only those with a span whose name contains it; null for all.</param>
    /// <param name="minServices">Only those at least that many services took part in.</param>
    public IReadOnlyList<TraceSummary> Newest(int limit, string? service, string? text, int minServices)
    {
        lock (_reading)
        {
            return
            [
                .. _order.Reverse()
                    .Select(id => (Id: id, Spans: _traces[id]))
                    .Where(trace => service is null || trace.Spans.Any(span => span.Service == service))
                    .Where(trace => text is null || trace.Spans.Any(span => span.Name.Contains(text, StringComparison.OrdinalIgnoreCase)))
                    .Select(trace => Summary(trace.Id, trace.Spans))
                    .Where(summary => summary.Services.Count >= minServices)
                    .Take(limit),
            ];
        }
    }

    private static TraceSummary Summary(string id, List<Span> spans)
    {
        var known = spans.Select(span => span.SpanId).ToHashSet(StringComparer.Ordinal);
        var first = spans.OrderBy(span => span.ParentId is { } parent && known.Contains(parent)).ThenBy(span => span.StartedAt).First();
        var startedAt = spans.Min(span => span.StartedAt);
        var endedAt = Math.Max(startedAt, spans.Max(span => span.EndedAt));
        return new(
            id, first.Name, first.Service, startedAt, endedAt - startedAt, spans.Count,
            [.. spans.OrderBy(span => span.StartedAt).Select(span => span.Service).Distinct()], spans.Any(span => span.IsError));
    }
}
