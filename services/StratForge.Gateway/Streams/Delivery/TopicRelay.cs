using System.Buffers;
using StratForge.Gateway.Streams.Protocol;

namespace StratForge.Gateway.Streams.Delivery;

/// <summary>What one loop knows of one topic that is relayed as it is. On the loop only.</summary>
internal sealed class TopicRelay
{
    public List<StreamClient> Clients { get; } = [];

    /// <summary>What a client gets first.</summary>
    public NewestMessage Newest { get; } = new();

    /// <summary>Messages that came since the last time they were sent.</summary>
    public RelayRun? Run { get; set; }
}

/// <summary>Relayed messages that came together, as frames one behind the other; all clients share the bytes. On the loop only.</summary>
internal sealed class RelayRun
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(4096);
    private int _holders = 1;

    public int Length { get; private set; }

    public int Messages { get; private set; }

    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, Length);

    public void Add(ReadOnlySpan<byte> payload)
    {
        var head = WebSocketFrames.HeadLength(payload.Length);
        if (_bytes.Length < Length + head + payload.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent((Length + head + payload.Length) * 2);
            _bytes.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        WebSocketFrames.WriteHead(_bytes.AsSpan(Length), Opcode.Text, payload.Length);
        payload.CopyTo(_bytes.AsSpan(Length + head));
        Length += head + payload.Length;
        Messages++;
    }

    public void Hold() => _holders++;

    public void Release()
    {
        if (--_holders == 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }
}
