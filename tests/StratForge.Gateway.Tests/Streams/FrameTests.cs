using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using StratForge.Gateway.Streams.Bus;
using StratForge.Gateway.Streams.Protocol;

namespace StratForge.Gateway.Tests.Streams;

public sealed class FrameTests
{
    private const int Longest = 70_000;

    [Theory]
    [InlineData(0, 2)]
    [InlineData(125, 2)]
    [InlineData(126, 4)]
    [InlineData(65_535, 4)]
    [InlineData(65_536, 10)]
    public void A_frame_says_its_length_in_the_shortest_form(int length, int head)
    {
        var frame = WebSocketFrames.Of(Opcode.Text, new byte[length]);

        Assert.Equal(head + length, frame.Length);
        Assert.Equal(0x81, frame[0]);
        Assert.Equal(length, head switch
        {
            2 => frame[1],
            4 => BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(2)),
            _ => (int)BinaryPrimitives.ReadUInt64BigEndian(frame.AsSpan(2)),
        });
    }

    [Fact]
    public void The_handshake_is_answered_as_in_the_standards_example()
    {
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", WebSocketFrames.AcceptOf("dGhlIHNhbXBsZSBub25jZQ=="));
        Assert.Null(WebSocketFrames.AcceptOf("c2hvcnQ="));
        Assert.Null(WebSocketFrames.AcceptOf("not base64 and not long enough"));
    }

    [Fact]
    public void A_message_in_parts_with_a_ping_between_comes_out_whole_wherever_the_bytes_are_cut() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<int>(),
            seed =>
            {
                var random = new Random(seed);
                var text = string.Concat(Enumerable.Range(0, random.Next(1, 200)).Select(_ => "aé€😀"[random.Next(3)]));
                var payload = Encoding.UTF8.GetBytes(text);
                var cut = random.Next(payload.Length);
                byte[] sent =
                [
                    .. Masked(Opcode.Text, payload[..cut], isFinal: false, random),
                    .. Masked(Opcode.Ping, "hey"u8.ToArray(), isFinal: true, random),
                    .. Masked(Opcode.Continuation, payload[cut..], isFinal: true, random),
                ];

                var heard = Hear(sent, random);

                return heard.SequenceEqual([(Opcode.Continuation, ""), (Opcode.Ping, "hey"), (Opcode.Text, text)]);
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Noise_is_refused_or_waited_for_and_never_more() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<byte[]>(),
            noise =>
            {
                using var input = new WebSocketInput(1024);
                var bytes = noise.ToArray();
                var at = 0;
                while (at < bytes.Length && input.TryTake(bytes.AsSpan(at), out var frame) is > 0 and var taken && frame.FaultReason is null)
                {
                    at += taken;
                }

                return at <= bytes.Length;
            }).QuickCheckThrowOnFailure();

    public static TheoryData<byte[], int> Faults() => new()
    {
        { [0x81, 0x01, 0x61], 1002 }, // Not masked.
        { [0xC1, 0x80, 0, 0, 0, 0], 1002 }, // A reserved bit.
        { [0x83, 0x80, 0, 0, 0, 0], 1002 }, // No such opcode.
        { [0x09, 0x80, 0, 0, 0, 0], 1002 }, // A ping in parts.
        { [0x89, 0xFE, 0, 126], 1002 }, // A ping of 126 bytes.
        { [0x80, 0x80, 0, 0, 0, 0], 1002 }, // Goes on with nothing.
        { [0x81, 0xFE, 0, 5], 1002 }, // Five bytes in the long form.
        { [0x82, 0x80, 0, 0, 0, 0], 1003 }, // Binary.
        { [0x81, 0x81, 0, 0, 0, 0, 0xFF], 1007 }, // Not UTF-8.
        { [0x81, 0xFF, 0, 0, 0, 0, 0, 2, 0, 0], 1009 }, // 128 KiB.
        { [0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0], 1009 }, // More than there is.
        { [0x88, 0x81, 0, 0, 0, 0, 3], 1002 }, // Half a close code.
        { [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xED], 1002 }, // 1005 is never sent.
        { [0x88, 0x83, 0, 0, 0, 0, 0x03, 0xE8, 0xFF], 1007 }, // A reason that is not UTF-8.
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void What_breaks_the_standard_is_answered_with_its_code(byte[] sent, int code)
    {
        using var input = new WebSocketInput(Longest);

        Assert.Equal(sent.Length, input.TryTake(sent, out var frame));

        Assert.Equal(code, frame.Code);
        Assert.NotNull(frame.FaultReason);
    }

    [Fact]
    public void Parts_of_a_message_count_together_against_its_longest()
    {
        using var input = new WebSocketInput(10);
        var random = new Random(1);
        input.TryTake(Masked(Opcode.Text, new byte[6], isFinal: false, random), out _);

        input.TryTake(Masked(Opcode.Continuation, new byte[6], isFinal: true, random), out var frame);

        Assert.Equal(1009, frame.Code);
    }

    [Fact]
    public void What_redis_says_is_understood_wherever_the_bytes_are_cut()
    {
        var said = "+OK\r\n*3\r\n$9\r\nsubscribe\r\n$14\r\nlevels.signals\r\n:1\r\n*4\r\n$8\r\npmessage\r\n$2\r\na*\r\n$2\r\nab\r\n$5\r\n{\r\n}x\r\n"u8
            .ToArray().Concat("*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$0\r\n\r\n*2\r\n$4\r\npong\r\n$0\r\n\r\n-ERR no\r\n"u8.ToArray()).ToArray();
        for (var cut = 0; cut <= said.Length; cut++)
        {
            var heard = new List<string>();
            var at = 0;
            Hear(said[..cut]);
            Hear(said);

            Assert.Equal(["Other::", "Subscribed:levels.signals:", "Message:ab:{\r\n}x", "Message:c:", "Pong::", "Refusal::ERR no"], heard);

            void Hear(byte[] bytes)
            {
                while (at < bytes.Length && RespPush.TryTake(bytes, ref at, out var push))
                {
                    heard.Add($"{push.Kind}:{Encoding.UTF8.GetString(bytes[push.Channel])}:{Encoding.UTF8.GetString(bytes[push.Payload])}");
                }
            }
        }
    }

    [Theory]
    [InlineData("""{"a":1}""", true)]
    [InlineData("""{"a":{"b":[1,2]}}""", true)]
    [InlineData("{}", false)]
    [InlineData("""{"a":1} """, false)]
    [InlineData("""{"a":1}{"b":2}""", false)]
    [InlineData("""{"a":1,}""", false)]
    [InlineData("[1]", false)]
    [InlineData("", false)]
    public void Only_a_whole_object_shares_a_frame_with_others(string payload, bool isFit) =>
        Assert.Equal(isFit, BusReader.IsObject(Encoding.UTF8.GetBytes(payload)));

    private static List<(Opcode, string)> Hear(byte[] sent, Random random)
    {
        using var input = new WebSocketInput(Longest);
        var heard = new List<(Opcode, string)>();
        var held = new List<byte>();
        var next = 0;
        while (next < sent.Length)
        {
            var count = Math.Min(random.Next(1, 20), sent.Length - next);
            held.AddRange(sent.AsSpan(next, count));
            next += count;
            var bytes = held.ToArray();
            var at = 0;
            while (at < bytes.Length && input.TryTake(bytes.AsSpan(at), out var frame) is > 0 and var taken)
            {
                heard.Add((frame.Opcode, Encoding.UTF8.GetString(frame.Payload)));
                at += taken;
                if (frame.Opcode == Opcode.Text)
                {
                    input.Forget();
                }
            }

            held.RemoveRange(0, at);
        }

        return heard;
    }

    internal static byte[] Masked(Opcode opcode, byte[] payload, bool isFinal, Random random)
    {
        var frame = WebSocketFrames.Of(opcode, payload);
        var head = frame.Length - payload.Length;
        var mask = new byte[4];
        random.NextBytes(mask);
        byte[] masked = [.. frame[..head], .. mask, .. payload.Select((value, i) => (byte)(value ^ mask[i % 4]))];
        masked[0] = (byte)((isFinal ? 0x80 : 0) | (int)opcode);
        masked[1] |= 0x80;
        return masked;
    }
}
