using System.Globalization;

namespace StratForge.LocalHosting.Dashboard;

/// <summary>Reads what OTLP exporters send over HTTP.</summary>
/// <remarks>Field numbers: opentelemetry-proto, <c>collector/trace/v1</c>, <c>trace/v1</c>, <c>common/v1</c>, <c>resource/v1</c>.</remarks>
internal static class OtlpReader
{
    // Deeper than what anybody writes into an attribute; a sender's nesting must not become ours.
    private const int MaxNesting = 8;

    /// <exception cref="InvalidDataException">No such message.</exception>
    public static IReadOnlyList<Span> Spans(ReadOnlySpan<byte> exportTraceServiceRequest)
    {
        var spans = new List<Span>();
        var request = new ProtobufReader(exportTraceServiceRequest);
        while (request.Next())
        {
            if (request.Field == 1)
            {
                ReadResourceSpans(request.Bytes, spans);
            }
        }

        return spans;
    }

    /// <summary>Metrics of a metrics export, or records of a logs export: both nest the same way.</summary>
    /// <exception cref="InvalidDataException">No such message.</exception>
    public static int CountItems(ReadOnlySpan<byte> exportRequest)
    {
        var items = 0;
        var request = new ProtobufReader(exportRequest);
        while (request.Next())
        {
            var resource = new ProtobufReader(request.Bytes);
            while (resource.Next())
            {
                if (resource.Field != 2)
                {
                    continue;
                }

                var scope = new ProtobufReader(resource.Bytes);
                while (scope.Next())
                {
                    items += scope.Field == 2 ? 1 : 0;
                }
            }
        }

        return items;
    }

    private static void ReadResourceSpans(ReadOnlySpan<byte> bytes, List<Span> spans)
    {
        // The resource may be written after its spans, so it is looked for first.
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        var fields = new ProtobufReader(bytes);
        while (fields.Next())
        {
            if (fields.Field == 1)
            {
                var resource = new ProtobufReader(fields.Bytes);
                while (resource.Next())
                {
                    if (resource.Field == 1)
                    {
                        ReadAttribute(resource.Bytes, attributes);
                    }
                }
            }
        }

        var service = attributes.GetValueOrDefault("service.name", "unknown");
        var instance = attributes.GetValueOrDefault("service.instance.id", "");
        fields = new ProtobufReader(bytes);
        while (fields.Next())
        {
            if (fields.Field == 2)
            {
                ReadScopeSpans(fields.Bytes, service, instance, spans);
            }
        }
    }

    private static void ReadScopeSpans(ReadOnlySpan<byte> bytes, string service, string instance, List<Span> spans)
    {
        var source = "";
        var fields = new ProtobufReader(bytes);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    var scope = new ProtobufReader(fields.Bytes);
                    while (scope.Next())
                    {
                        source = scope.Field == 1 ? scope.Text : source;
                    }

                    break;

                case 2:
                    spans.Add(ReadSpan(fields.Bytes, service, instance, source));
                    break;
            }
        }
    }

    private static Span ReadSpan(ReadOnlySpan<byte> bytes, string service, string instance, string source)
    {
        string traceId = "", spanId = "", name = "", kind = "internal";
        string? parentId = null, statusMessage = null;
        ulong startedAt = 0, endedAt = 0;
        var isError = false;
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        var events = new List<SpanEvent>();
        var links = new List<SpanLink>();
        var fields = new ProtobufReader(bytes);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    traceId = Convert.ToHexStringLower(fields.Bytes);
                    break;
                case 2:
                    spanId = Convert.ToHexStringLower(fields.Bytes);
                    break;
                case 4:
                    parentId = fields.Bytes.IsEmpty ? null : Convert.ToHexStringLower(fields.Bytes);
                    break;
                case 5:
                    name = fields.Text;
                    break;
                case 6:
                    kind = fields.Number switch { 2 => "server", 3 => "client", 4 => "producer", 5 => "consumer", _ => "internal" };
                    break;
                case 7:
                    startedAt = fields.Number;
                    break;
                case 8:
                    endedAt = fields.Number;
                    break;
                case 9:
                    ReadAttribute(fields.Bytes, attributes);
                    break;
                case 11:
                    events.Add(ReadEvent(fields.Bytes));
                    break;
                case 13:
                    links.Add(ReadLink(fields.Bytes));
                    break;
                case 15:
                    (isError, statusMessage) = ReadStatus(fields.Bytes);
                    break;
            }
        }

        return traceId.Length == 32 && spanId.Length == 16
            ? new(traceId, spanId, parentId, service, instance, source, name, kind, startedAt, endedAt, isError, statusMessage, attributes, events, links)
            : throw new InvalidDataException("A span without ids.");
    }

    private static SpanEvent ReadEvent(ReadOnlySpan<byte> bytes)
    {
        var (at, name) = (0UL, "");
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        var fields = new ProtobufReader(bytes);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    at = fields.Number;
                    break;
                case 2:
                    name = fields.Text;
                    break;
                case 3:
                    ReadAttribute(fields.Bytes, attributes);
                    break;
            }
        }

        return new(at, name, attributes);
    }

    private static SpanLink ReadLink(ReadOnlySpan<byte> bytes)
    {
        var (traceId, spanId) = ("", "");
        var fields = new ProtobufReader(bytes);
        while (fields.Next())
        {
            (traceId, spanId) = fields.Field switch
            {
                1 => (Convert.ToHexStringLower(fields.Bytes), spanId),
                2 => (traceId, Convert.ToHexStringLower(fields.Bytes)),
                _ => (traceId, spanId),
            };
        }

        return new(traceId, spanId);
    }

    private static (bool IsError, string? Message) ReadStatus(ReadOnlySpan<byte> bytes)
    {
        const ulong error = 2;
        var (isError, message) = (false, (string?)null);
        var fields = new ProtobufReader(bytes);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 2:
                    message = fields.Text;
                    break;
                case 3:
                    isError = fields.Number == error;
                    break;
            }
        }

        return (isError, message);
    }

    private static void ReadAttribute(ReadOnlySpan<byte> bytes, Dictionary<string, string> attributes)
    {
        var (key, value) = ("", "");
        var fields = new ProtobufReader(bytes);
        while (fields.Next())
        {
            switch (fields.Field)
            {
                case 1:
                    key = fields.Text;
                    break;
                case 2:
                    value = ReadValue(fields.Bytes, nesting: 0);
                    break;
            }
        }

        attributes[key] = value;
    }

    private static string ReadValue(ReadOnlySpan<byte> bytes, int nesting)
    {
        var fields = new ProtobufReader(bytes);
        if (!fields.Next())
        {
            return "";
        }

        return fields.Field switch
        {
            1 => fields.Text,
            2 => fields.Number != 0 ? "true" : "false",
            3 => ((long)fields.Number).ToString(CultureInfo.InvariantCulture),
            4 => BitConverter.UInt64BitsToDouble(fields.Number).ToString(CultureInfo.InvariantCulture),
            5 => nesting == MaxNesting ? "[…]" : ReadArray(fields.Bytes, nesting + 1),
            _ => $"({fields.Bytes.Length} bytes)",
        };
    }

    private static string ReadArray(ReadOnlySpan<byte> bytes, int nesting)
    {
        var values = new List<string>();
        var fields = new ProtobufReader(bytes);
        while (fields.Next())
        {
            values.Add(ReadValue(fields.Bytes, nesting));
        }

        return $"[{string.Join(", ", values)}]";
    }
}
