using StratForge.LocalHosting.Dashboard;
using static StratForge.LocalHosting.Tests.Dashboard.Otlp;

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
    public void Long_traces_make_room_too()
    {
        var traces = new TraceStore();
        for (var id = 1; id <= 1 + TraceStore.MaxSpans / TraceStore.MaxSpansPerTrace; id++)
        {
            var span = Assert.Single(OtlpReader.Spans(ARequest("worker", ASpan(id, 1, parent: null, name: $"{id}"))));
            traces.Add([.. Enumerable.Repeat(span, TraceStore.MaxSpansPerTrace + 1)]);
        }

        Assert.Equal(TraceStore.MaxSpans, traces.Newest(int.MaxValue, null, null, 1).Sum(trace => trace.Spans));
        Assert.Empty(traces.Find("1".PadLeft(32, '0')));
    }

    [Fact]
    public void An_array_is_shown_with_what_is_in_it_and_not_deeper_than_anybody_nests()
    {
        Assert.Equal("[[yes]]", ReadBack(Nested(2)));
        Assert.Equal("[[[[[[[[[…]]]]]]]]]", ReadBack(Nested(9)));
        Assert.Equal(ReadBack(Nested(9)), ReadBack(Nested(100_000)));

        static string ReadBack(byte[] value) => Assert.Single(OtlpReader.Spans(ARequest("worker", ASpan(1, 1, null, "bar", extra: value)))).Attributes["extra"];
    }

    [Fact]
    public void Whatever_is_cut_off_is_refused()
    {
        var whole = ARequest("worker", ASpan(1, 2, parent: null, name: "bar"));

        Assert.Throws<InvalidDataException>(() => OtlpReader.Spans(whole.AsSpan()[..^3]));
        Assert.Throws<InvalidDataException>(() => OtlpReader.Spans([0x0f, 0x01]));
    }
}
