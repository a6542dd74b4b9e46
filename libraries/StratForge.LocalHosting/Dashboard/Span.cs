namespace StratForge.LocalHosting.Dashboard;

/// <summary>One span as a service reported it.</summary>
/// <param name="TraceId">32 hexadecimal digits.</param>
/// <param name="SpanId">16 hexadecimal digits.</param>
/// <param name="ParentId">Null for a root.</param>
/// <param name="Kind"><c>internal</c>, <c>server</c>, <c>client</c>, <c>producer</c>, <c>consumer</c>.</param>
/// <param name="StartedAt">Nanoseconds since 1970.</param>
/// <param name="EndedAt">Nanoseconds since 1970.</param>
/// <param name="Links">Spans of other traces that led here.</param>
internal sealed record Span(
    string TraceId, string SpanId, string? ParentId, string Service, string Instance, string Source, string Name, string Kind,
    ulong StartedAt, ulong EndedAt, bool IsError, string? StatusMessage,
    IReadOnlyDictionary<string, string> Attributes, IReadOnlyList<SpanEvent> Events, IReadOnlyList<SpanLink> Links);

/// <param name="At">Nanoseconds since 1970.</param>
internal sealed record SpanEvent(ulong At, string Name, IReadOnlyDictionary<string, string> Attributes);

internal sealed record SpanLink(string TraceId, string SpanId);
