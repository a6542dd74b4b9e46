using System.Buffers.Binary;
using System.Text;
using StratForge.LocalHosting.Dashboard;

namespace StratForge.LocalHosting.Tests.Dashboard;

public sealed class TraceTests
{
    [Fact]
    public void A_span_arrives_with_all_it_says()
    {
        var span = Assert.Single(OtlpReader.Spans(ARequest("gateway", ASpan(1, 2, parent: 3, name: "POST /trade/orders", error: "no cash"))));

        Assert.Equal(("gateway", "POST /trade/orders", "server", true, "no cash"), (span.Service, span.Name, span.Kind, span.IsError, span.StatusMessage));
        Assert.Equal(("01".PadLeft(32, '0'), "02".PadLeft(16, '0'), "03".PadLeft(16, '0')), (span.TraceId, span.SpanId, span.ParentId));
        Assert.Equal((1_000UL, 5_000UL), (span.StartedAt, span.EndedAt));
        Assert.Equal("AAPL", span.Attributes["symbol"]);
    }

    [Fact]
    public void A_trace_is_put_together_from_what_several_services_sent()
    {
        var traces = new TraceStore();
        traces.Add(OtlpReader.Spans(ARequest("gateway", ASpan(1, 2, parent: 1, name: "submit"))));
        traces.Add(OtlpReader.Spans(ARequest("ingestor", ASpan(1, 1, parent: null, name: "bar"))));
        traces.Add(OtlpReader.Spans(ARequest("ingestor", ASpan(7, 1, parent: null, name: "alone"))));

        var summary = Assert.Single(traces.Newest(10, service: null, text: null, minServices: 2));
        Assert.Equal(("bar", "ingestor", 2), (summary.Name, summary.Service, summary.Spans));
        Assert.Equal(2, traces.Find(summary.Id).Count);
        Assert.Equal(["alone", "bar"], traces.Newest(10, null, null, 1).Select(trace => trace.Name));
    }

    [Fact]
    public void Old_traces_make_room_for_new_ones()
    {
        var traces = new TraceStore();
        for (var id = 1; id <= TraceStore.MaxTraces + 1; id++)
        {
            traces.Add(OtlpReader.Spans(ARequest("worker", ASpan(id, 1, parent: null, name: $"{id}"))));
        }

        Assert.Equal(TraceStore.MaxTraces, traces.Newest(int.MaxValue, null, null, 1).Count);
        Assert.Empty(traces.Find("1".PadLeft(32, '0')));
    }

    [Fact]
    public void Whatever_is_cut_off_is_refused()
    {
        var whole = ARequest("worker", ASpan(1, 2, parent: null, name: "bar"));

        Assert.Throws<InvalidDataException>(() => OtlpReader.Spans(whole.AsSpan()[..^3]));
        Assert.Throws<InvalidDataException>(() => OtlpReader.Spans([0x0f, 0x01]));
    }

    private static byte[] ARequest(string service, byte[] span)
    {
        var resource = Message(1, Attribute("service.name", service));
        return Message(1, [.. Message(1, resource), .. Message(2, [.. Message(1, Text(1, "test")), .. Message(2, span)])]);
    }

    private static byte[] ASpan(int trace, int id, int? parent, string name, string? error = null) =>
    [
        .. Message(1, Id(trace, 16)), .. Message(2, Id(id, 8)), .. parent is { } known ? Message(4, Id(known, 8)) : [], .. Text(5, name),
        0x30, 0x02, .. Fixed(7, 1_000), .. Fixed(8, 5_000), .. Message(9, Attribute("symbol", "AAPL")),
        .. error is null ? [] : Message(15, [.. Text(2, error), 0x18, 0x02]),
    ];

    private static byte[] Attribute(string key, string value) => [.. Text(1, key), .. Message(2, Text(1, value))];

    private static byte[] Text(int field, string text) => Message(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Message(int field, byte[] bytes) => [.. Varint((field << 3) | 2), .. Varint(bytes.Length), .. bytes];

    private static byte[] Fixed(int field, ulong number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        return [(byte)((field << 3) | 1), .. bytes];
    }

    private static byte[] Id(int number, int length)
    {
        var bytes = new byte[length];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(length - 4), number);
        return bytes;
    }

    private static byte[] Varint(int value)
    {
        var bytes = new List<byte>();
        for (; value > 0x7f; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }
}
