using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using StratForge.Contracts;

namespace StratForge.Gateway.Streams;

/// <summary>Bounds and habits of the live streams: configuration section <c>Streams</c>.</summary>
internal sealed class StreamOptions
{
    public const string Section = "Streams";

    /// <summary>Bus topics that <c>/ws/stream</c> relays; the first is what a client gets that names none. Besides <c>levels.signals</c> they begin with <c>relay:</c>.</summary>
    /// <value>Separated by commas. Default <c>levels.signals</c>.</value>
    [Required]
    public string RelayTopics { get; set; } = Topics.LevelSignals;

    /// <summary>Whether <c>/ws/stream</c> takes clients that show no sign-in.</summary>
    /// <value>Default false.</value>
    public bool AnonymousRelay { get; set; }

    /// <summary>How long a connection may be silent about who it is.</summary>
    /// <value>100 ms to 1 minute. Default 5 s: the first message follows the handshake at once.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan AuthWithin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a connection is pinged. One that is not heard for two of these is dropped.</summary>
    /// <value>100 ms to 10 minutes. Default 20 s, below the minute after which many proxies cut a silent connection.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan PingEvery { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How often clients of the channel <c>heartbeat</c> get a message.</summary>
    /// <value>100 ms to 10 minutes. Default 2 s: a page shows a stale link after twice that.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan HeartbeatEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Prices that come within this time leave together. The first after a pause leaves at once.</summary>
    /// <value>Zero to 1 s. Default 16 ms, as long as a screen shows a picture; each client costs a send every so often.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan PricesEvery { get; set; } = TimeSpan.FromMilliseconds(16);

    /// <summary>How long a client may leave sent bytes untaken before it is dropped; it resumes.</summary>
    /// <value>100 ms to 10 minutes. Default 15 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan SlowAfter { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Order and portfolio events a client may be behind while it takes nothing before it is dropped; it resumes.</summary>
    /// <value>1 to 1,000,000. Default 1,000.</value>
    [Range(1, 1_000_000)]
    public int EventsBehind { get; set; } = 1_000;

    /// <summary>Relayed bytes held for one slow client; above that its oldest messages give way to the newest.</summary>
    /// <value>1 KiB to 64 MiB. Default 256 KiB, some fifty seconds of <c>levels.signals</c>.</value>
    [Range(1024, 64 * 1024 * 1024)]
    public int RelayBacklogBytes { get; set; } = 256 * 1024;

    /// <summary>How often the stored tail of connected users' events is looked at: what the bus lost is found so.</summary>
    /// <value>50 ms to 1 minute. Default 3 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan TailEvery { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often the sign-ins behind connections are looked at: one that has ended takes its connections with it. Those that this gateway ends
    /// itself need no look.</summary>
    /// <value>100 ms to 10 minutes. Default 15 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan SignInsEvery { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Connections of this gateway.</summary>
    /// <value>1 to 1,000,000. Default 20,000.</value>
    [Range(1, 1_000_000)]
    public int Connections { get; set; } = 20_000;

    /// <summary>Connections of one user to this gateway.</summary>
    /// <value>1 to 1,000,000. Default 20: some tabs and programs.</value>
    [Range(1, 1_000_000)]
    public int ConnectionsPerUser { get; set; } = 20;

    /// <summary>Connections from one address to this gateway.</summary>
    /// <value>1 to 1,000,000. Default 200: a classroom behind one router.</value>
    [Range(1, 1_000_000)]
    public int ConnectionsPerAddress { get; set; } = 200;

    /// <summary>Bytes of one message from a client.</summary>
    /// <value>128 bytes to 1 MiB. Default 16 KiB.</value>
    [Range(128, 1024 * 1024)]
    public int MessageBytes { get; set; } = 16 * 1024;

    /// <summary>Frames a client may send a minute; it may save up half a minute's.</summary>
    /// <value>1 to 1,000,000. Default 240.</value>
    [Range(1, 1_000_000)]
    public int FramesPerMinute { get; set; } = 240;

    /// <summary>Symbols one connection may have in each market channel.</summary>
    /// <value>1 to 10,000. Default 200.</value>
    [Range(1, 10_000)]
    public int SymbolsPerChannel { get; set; } = 200;

    /// <summary>Different symbols one user may watch over all connections to this gateway. Those of own sessions, orders and alerts need none of them.</summary>
    /// <value>1 to 100,000. Default 500: some watch lists. Each costs one or two requests of the venue's 200 a minute when nobody watched it before.</value>
    [Range(1, 100_000)]
    public int SymbolsPerUser { get; set; } = 500;

    /// <summary>How long a symbol stays subscribed at the venue after its last watcher left.</summary>
    /// <value>Zero to 10 minutes. Default 30 s: pages are left and come back to.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan Linger { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long clients have to say good-bye when the gateway stops.</summary>
    /// <value>Zero to 1 minute. Default 5 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan DrainWithin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Loops that clients are spread over.</summary>
    /// <value>0 to 64. Default 0: one per two processors.</value>
    [Range(0, 64)]
    public int Loops { get; set; }

    /// <summary>The topics of <see cref="RelayTopics"/>.</summary>
    public string[] Relayed => RelayTopics.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

[OptionsValidator]
internal sealed partial class StreamOptionsValidator : IValidateOptions<StreamOptions>;

/// <summary>Only topics meant for it may be relayed: the others belong to users.</summary>
internal sealed class RelayTopicsValidator : IValidateOptions<StreamOptions>
{
    public ValidateOptionsResult Validate(string? name, StreamOptions options) =>
        options.Relayed is { Length: > 0 } topics && topics.All(
            topic => topic == Topics.LevelSignals || topic.StartsWith(Topics.RelayPrefix, StringComparison.Ordinal))
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"Streams:RelayTopics is '{options.RelayTopics}'; it takes {Topics.LevelSignals} and topics that begin with {Topics.RelayPrefix}");
}
