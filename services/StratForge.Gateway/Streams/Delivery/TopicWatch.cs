using System.Buffers;
using StratForge.Gateway.Streams.Bus;

namespace StratForge.Gateway.Streams.Delivery;

/// <summary>What one loop knows of one topic: its newest message and who wants it. On the loop only.</summary>
internal sealed class TopicWatch(Topic topic)
{
    private byte[] _latest = [];

    public Topic Topic => topic;

    public List<Watching> Watchers { get; } = [];

    /// <summary>Clients of a relayed topic.</summary>
    public List<StreamClient> Clients { get; } = [];

    /// <summary>Messages of a relayed topic that came since the last time they were sent.</summary>
    public RelayRun? Run { get; set; }

    /// <summary>The newest message as clients get it; empty before the first.</summary>
    public ReadOnlySpan<byte> Latest => _latest.AsSpan(0, LatestLength);

    public int LatestLength { get; private set; }

    /// <summary>Keeps a message of a market channel: the channel's name, then its own fields.</summary>
    public void Keep(ReadOnlySpan<byte> payload)
    {
        var into = Make(topic.Head.Length + payload.Length - 1);
        topic.Head.CopyTo(into);
        payload[1..].CopyTo(into[topic.Head.Length..]);
    }

    /// <summary>Keeps a relayed message as it is.</summary>
    public void KeepVerbatim(ReadOnlySpan<byte> payload) => payload.CopyTo(Make(payload.Length));

    // The same memory is written over and over: clients copy from it.
    private Span<byte> Make(int length)
    {
        if (_latest.Length < length)
        {
            _latest = new byte[length + (length / 4)];
        }

        LatestLength = length;
        return _latest.AsSpan(0, length);
    }
}

/// <summary>One client's interest in one topic.</summary>
internal sealed class Watching(StreamClient client, TopicWatch watch)
{
    public StreamClient Client => client;

    public TopicWatch Watch => watch;

    /// <summary>Whether the newest message waits to be sent.</summary>
    public bool IsPending { get; set; }

    public bool IsOver { get; set; }
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
        var head = Protocol.WebSocketFrames.HeadLength(payload.Length);
        if (_bytes.Length < Length + head + payload.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent((Length + head + payload.Length) * 2);
            _bytes.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        Protocol.WebSocketFrames.WriteHead(_bytes.AsSpan(Length), Protocol.Opcode.Text, payload.Length);
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
