using System.Buffers.Binary;
using StratForge.Worker.Hosts;

namespace StratForge.Worker.Tests.Hosts;

public sealed class FrameReaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Frames_come_out_as_they_went_in_wherever_the_reads_were_cut(int seed)
    {
        var random = new Random(seed);
        var sent = Enumerable.Range(0, 300).Select(_ => Bytes(random, random.Next(1, random.Next(2) == 0 ? 40 : 9_000))).ToArray();
        var stream = sent.SelectMany(Framed).ToArray();

        var reader = new FrameReader(10_000);
        var received = new List<byte[]>();
        for (var position = 0; position < stream.Length;)
        {
            var size = Math.Min(random.Next(1, random.Next(3) == 0 ? 7 : 5_000), stream.Length - position);
            ReadOnlySpan<byte> read = stream.AsSpan(position, size);
            while (reader.TryRead(ref read, out var frame))
            {
                received.Add(frame.ToArray());
            }

            Assert.Equal(0, read.Length);
            position += size;
        }

        Assert.Equal(sent, received);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData(65_537)]
    public void A_length_no_frame_may_have_is_refused_before_anything_is_reserved_for_it(int length)
    {
        var header = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(header, length);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<InvalidDataException>(() =>
        {
            ReadOnlySpan<byte> input = header;
            return new FrameReader(65_536).TryRead(ref input, out _);
        });

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void A_length_cut_in_two_is_checked_like_a_whole_one()
    {
        var reader = new FrameReader(100);
        ReadOnlySpan<byte> first = [0xff, 0xff];
        Assert.False(reader.TryRead(ref first, out _));

        Assert.Throws<InvalidDataException>(() =>
        {
            ReadOnlySpan<byte> second = [0xff, 0x7f];
            return reader.TryRead(ref second, out _);
        });
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Noise_either_waits_for_more_or_is_refused(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var reader = new FrameReader(4_096);
            ReadOnlySpan<byte> noise = Bytes(random, random.Next(1, 2_000));
            try
            {
                while (reader.TryRead(ref noise, out var frame))
                {
                    Assert.InRange(frame.Length, 1, 4_096);
                }

                Assert.Equal(0, noise.Length);
            }
            catch (InvalidDataException refused)
            {
                Assert.Contains("1 to 4096", refused.Message, StringComparison.Ordinal);
            }
        }
    }

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Framed(byte[] body)
    {
        var framed = new byte[body.Length + 4];
        BinaryPrimitives.WriteInt32LittleEndian(framed, body.Length);
        body.CopyTo(framed, 4);
        return framed;
    }
}
