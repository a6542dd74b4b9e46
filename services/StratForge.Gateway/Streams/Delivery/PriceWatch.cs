using StratForge.Gateway.Streams.Bus;

namespace StratForge.Gateway.Streams.Delivery;

/// <summary>What one loop knows of one topic of a market channel: its newest message and who watches it. On the loop only.</summary>
internal sealed class PriceWatch(Topic topic)
{
    public Topic Topic => topic;

    public List<Watching> Watchers { get; } = [];

    public NewestMessage Newest { get; } = new();

    /// <summary>Keeps a message: the channel's name, then its own fields.</summary>
    public void Keep(ReadOnlySpan<byte> payload)
    {
        var into = Newest.Begin(topic.Head.Length + payload.Length - 1);
        topic.Head.CopyTo(into);
        payload[1..].CopyTo(into[topic.Head.Length..]);
    }
}

/// <summary>One client's interest in one topic.</summary>
internal sealed class Watching(StreamClient client, PriceWatch watch)
{
    public StreamClient Client => client;

    public PriceWatch Watch => watch;

    /// <summary>Whether the newest message waits to be sent.</summary>
    public bool IsPending { get; set; }

    public bool IsOver { get; set; }
}
