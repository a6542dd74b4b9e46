using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace StratForge.Gateway.Streams.Bus;

/// <summary>Every topic that was ever published or asked for. The number of listed symbols bounds it, and <see cref="Most"/> where a publisher runs wild.</summary>
internal sealed class StreamTopics
{
    /// <summary>Five channels of more symbols than the venue lists.</summary>
    public const int Most = 100_000;

    private readonly ConcurrentDictionary<string, Topic> _byName = new(StringComparer.Ordinal);
    private readonly Lock _adding = new();

    public StreamTopics(IOptions<StreamOptions> options)
    {
        Relayed = [.. options.Value.Relayed.Distinct(StringComparer.Ordinal).Select(name => Add(name, null, "")!)];
    }

    /// <summary>Topics that are relayed as they are, the default first.</summary>
    public IReadOnlyList<Topic> Relayed { get; }

    /// <summary>The topic of a symbol in a channel; null when there are too many.</summary>
    public Topic? Of(MarketChannel channel, string symbol)
    {
        var name = Channels.TopicOf(channel, symbol);
        return _byName.GetValueOrDefault(name) ?? Add(name, channel, symbol);
    }

    /// <summary>The topic of a channel of the bus; null when it is none that clients can watch, or when there are too many.</summary>
    public Topic? Find(ReadOnlySpan<char> name)
    {
        if (_byName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var known))
        {
            return known;
        }

        return Channels.TryRead(name, out var channel, out var symbol) ? Add(name.ToString(), channel, symbol) : null;
    }

    private Topic? Add(string name, MarketChannel? channel, string symbol)
    {
        lock (_adding)
        {
            if (_byName.TryGetValue(name, out var known))
            {
                return known;
            }

            if (_byName.Count >= Most)
            {
                return null;
            }

            var topic = new Topic(_byName.Count, name, channel, symbol);
            _byName[name] = topic;
            return topic;
        }
    }
}
