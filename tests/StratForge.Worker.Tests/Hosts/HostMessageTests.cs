using System.Text;
using StratForge.Contracts.Hosting;
using StratForge.Worker.Hosts;

namespace StratForge.Worker.Tests.Hosts;

public sealed class HostMessageTests
{
    [Fact]
    public void An_answer_with_signals_and_logs_is_read()
    {
        var done = Assert.IsType<DoneFrame>(Parse(
            """{"type":"done","of":"bar","seq":7,"signals":[{"action":"BUY","quantity":"119","confidence":0.8}],"logs":[{"level":"info","message":"crossed"}]}"""));

        Assert.Equal(("bar", 7L), (done.Of, done.Seq));
        Assert.Equal("119", Assert.Single(done.Signals!).Quantity);
        Assert.Equal("crossed", Assert.Single(done.Logs!).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"of":"bar","type":"done","seq":1}""")]
    [InlineData("""{"type":7}""")]
    [InlineData("""{"type":"done","of":"bar","seq":"one"}""")]
    [InlineData("""{"type":"done","of":"bar","seq":1""")]
    [InlineData("""{"type":"order","of":"bar"}""")]
    [InlineData("""{"type":"done","of":"bar","seq":1} {"type":"done"}""")]
    [InlineData("""{"type":"done","of":"bar","seq":1,"signals":{}}""")]
    [InlineData("""{"type":"done","of":"bar","seq":1,"signals":[null]}""")]
    [InlineData("""{"type":"done","of":"bar","seq":1,"signals":[{"action":"BUY"}]}""")]
    [InlineData("""{"type":"done","of":"bar","seq":1,"cancels":[null]}""")]
    [InlineData("""{"type":"done","of":"bar","seq":1,"logs":[null]}""")]
    [InlineData("""{"type":"done","of":"bar","seq":1,"plots":[null]}""")]
    [InlineData("""{"type":"done","of":"bar","seq":1,"marks":[null]}""")]
    [InlineData("""{"type":"done","of":"bar","seq":1,"state":{"version":1,"value":{"x":"\ud800"}}}""")]
    [InlineData("""{"type":"done","of":"bar","seq":1,"signals":[{"action":"BUY","quantity":"1","metadata":{"\udc00":1}}]}""")]
    [InlineData("""{"type":"loaded","name":"x","warmUp":0}""")]
    [InlineData("""{"type":"loaded","name":"x","warmUp":0,"parameters":[null]}""")]
    [InlineData("""{"type":"loaded","name":"x","warmUp":0,"parameters":[{"type":"int"}]}""")]
    [InlineData("""{"type":"loaded","name":"x","warmUp":0,"parameters":[{"name":"n","type":"int"}]}""")]
    [InlineData("""{"type":"loaded","name":"x","warmUp":0,"parameters":[],"subscriptions":[{"symbol":"SPY"}]}""")]
    [InlineData("""{"type":"error","code":"COMPILE_ERROR","message":"x","errors":[null]}""")]
    public void What_is_not_the_protocol_is_refused(string frame) =>
        Assert.Throws<InvalidDataException>(() => Parse(frame));

    [Fact]
    public void As_many_orders_are_taken_back_by_their_ids_as_one_event_may_and_no_more()
    {
        static string Frame(int cancels)
        {
            var ids = string.Join(',', Enumerable.Repeat("\"x\"", cancels));
            return $$"""{"type":"done","of":"bar","seq":1,"cancels":[{{ids}}]}""";
        }

        Assert.Equal(HostProtocol.MaxCancelsPerEvent, Assert.IsType<DoneFrame>(Parse(Frame(HostProtocol.MaxCancelsPerEvent))).Cancels!.Count);
        Assert.Contains(
            "1001 orders", Assert.Throws<InvalidDataException>(() => Parse(Frame(HostProtocol.MaxCancelsPerEvent + 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_beyond_sixteen_levels_is_refused()
    {
        var metadata = string.Concat(Enumerable.Repeat("[", 20)) + string.Concat(Enumerable.Repeat("]", 20));

        Assert.Throws<InvalidDataException>(() => Parse(
            $$"""{"type":"done","of":"bar","seq":1,"signals":[{"action":"BUY","quantity":"1","metadata":{{metadata}}}]}"""));
    }

    [Fact]
    public void Bytes_that_are_not_text_are_refused()
    {
        byte[] frame = [.. "{\"type\":\"done\",\"of\":\""u8, 0xff, 0xfe, .. "\",\"seq\":1}"u8];

        Assert.Throws<InvalidDataException>(() => HostMessage.Parse(frame));
    }

    [Fact]
    public void Bytes_that_are_not_text_are_refused_also_where_nobody_looks_at_once()
    {
        byte[] frame = [.. "{\"type\":\"done\",\"of\":\"bar\",\"seq\":1,\"state\":{\"version\":1,\"value\":{\"x\":\""u8, 0xff, .. "\"}}}"u8];

        Assert.Throws<InvalidDataException>(() => HostMessage.Parse(frame));
    }

    [Fact]
    public void Whole_pairs_and_other_escapes_are_text()
    {
        var done = Assert.IsType<DoneFrame>(Parse("""{"type":"done","of":"bar","seq":1,"logs":[{"level":"info","message":"\ud83d\ude00 \u0000"}]}"""));

        Assert.Equal("😀 \0", done.Logs![0].Message);
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public void A_damaged_answer_is_read_or_refused_and_nothing_else(int seed)
    {
        var random = new Random(seed);
        var good = Encoding.UTF8.GetBytes(
            """{"type":"done","of":"bars","seq":12345,"signals":[{"action":"SELL","quantity":"1.5","confidence":1,"metadata":{"a":[1,2]}}],"logs":[{"level":"info","message":"x"}]}""");
        for (var round = 0; round < 3_000; round++)
        {
            var frame = (byte[])good.Clone();
            for (var damage = random.Next(1, 4); damage > 0; damage--)
            {
                frame[random.Next(frame.Length)] = (byte)random.Next(256);
            }

            try
            {
                Assert.NotNull(HostMessage.Parse(frame.AsSpan(0, random.Next(1, frame.Length + 1))));
            }
            catch (InvalidDataException refused)
            {
                Assert.NotEmpty(refused.Message);
            }
        }
    }

    private static object Parse(string frame) => HostMessage.Parse(Encoding.UTF8.GetBytes(frame));
}
