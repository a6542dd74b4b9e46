using System.Buffers.Binary;
using System.Text;

namespace StratForge.Benchmarks.HostPipes;

/// <summary>One exchange of the strategy hosts' protocol, as bytes: a bar and the signal that answers it.</summary>
internal static class PipeFrames
{
    /// <summary>More than a frame; less than a pipe takes in one piece.</summary>
    public const int Longest = 4096;

    /// <summary>What a worker writes for a bar.</summary>
    public static byte[] Bar { get; } = Framed(
        """{"type":"bar","seq":1042,"time":"2026-01-05T14:30:00Z","open":5.00,"high":5.00,"low":5.00,"close":5.00,"volume":1000}""");

    /// <summary>What a host answers when its strategy buys.</summary>
    public static byte[] Answer { get; } = Framed(
        """{"type":"done","of":"bar","seq":1042,"signals":[{"action":"BUY","quantity":"1","confidence":1}]}""");

    /// <summary>Reads one whole frame.</summary>
    /// <returns>False when the other end is closed.</returns>
    public static bool TryRead(Stream pipe, Span<byte> buffer)
    {
        // Mostly one call: a frame is written in one piece and nothing follows it before it is answered.
        var length = 0;
        do
        {
            var read = pipe.Read(buffer[length..]);
            if (read == 0)
            {
                return false;
            }

            length += read;
        }
        while (length < sizeof(int) || length < sizeof(int) + BinaryPrimitives.ReadInt32LittleEndian(buffer));

        return true;
    }

    private static byte[] Framed(string json)
    {
        var frame = new byte[sizeof(int) + Encoding.UTF8.GetByteCount(json)];
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - sizeof(int));
        Encoding.UTF8.GetBytes(json, frame.AsSpan(sizeof(int)));
        return frame;
    }
}
