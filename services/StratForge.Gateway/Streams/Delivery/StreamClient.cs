using StratForge.Gateway.Streams.Protocol;
using StratForge.Gateway.Streams.Wires;

namespace StratForge.Gateway.Streams.Delivery;

/// <summary>One connection as its loop sees it. What has no comment of its own is touched on the loop only.</summary>
/// <param name="wire">Where its bytes go.</param>
/// <param name="form">How messages are wrapped for it.</param>
internal sealed class StreamClient(Wire wire, StreamForm form)
{
    private static long s_numbers;

    private long _heardAt;
    private long _halfReadSince;

    /// <summary>Counts from one, through all clients of this process.</summary>
    public long Number { get; } = Interlocked.Increment(ref s_numbers);

    public Wire Wire => wire;

    public StreamForm Form => form;

    /// <summary>The sign-in that it lives by; set once, before it may ask for anything.</summary>
    public Guid? FamilyId { get; set; }

    /// <summary>Whether everything for it has to wait.</summary>
    public bool IsBusy => IsSending || ProofUntil > 0;

    public bool IsSending { get; set; }

    /// <summary>When the send began, in the loop's milliseconds.</summary>
    public long BusySince { get; set; }

    /// <summary>Whether it waits for the answer that opens the socket, and until when.</summary>
    public long ProofUntil { get; set; }

    /// <summary>Until when it has to have signed in; zero when it has.</summary>
    public long SignInUntil { get; set; }

    public long PingAt { get; set; }

    /// <summary>It is to be gone by then, whatever else; zero while it is to stay.</summary>
    public long GoneBy { get; set; }

    /// <summary>The last frame for it was queued.</summary>
    public bool IsClosing { get; set; }

    public bool IsGone { get; set; }

    /// <summary>Answers, pongs, the close frame.</summary>
    public Queue<byte[]>? Answers { get; set; }

    public int AnswerBytes { get; set; }

    public UserFeed? Feed { get; set; }

    public UserChannels UserChannels { get; set; }

    public EventKinds Kinds { get; set; }

    /// <summary>Number of the last event that it was sent or did not ask for.</summary>
    public long Cursor { get; set; }

    /// <summary>Stored events read for it, of which those up to the cursor were sent.</summary>
    public List<EventFrame>? Stored { get; set; }

    public int StoredNext { get; set; }

    public bool IsReading { get; set; }

    public Dictionary<int, Watching>? Watched { get; set; }

    public List<Watching>? Pending { get; set; }

    public bool IsQueuedForPrices { get; set; }

    public bool IsQueued { get; set; }

    public bool WantsHeartbeat { get; set; }

    public long HeartbeatAt { get; set; }

    public TopicRelay? Relay { get; set; }

    public Queue<RelayRun>? Runs { get; set; }

    public int RunBytes { get; set; }

    /// <summary>Completed when nothing will be sent any more.</summary>
    public TaskCompletionSource Over { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>When it last gave a sign of life: something came from it, or it took what it had kept waiting. Written by its reader too.</summary>
    public long HeardAt
    {
        get => Volatile.Read(ref _heardAt);
        set => Volatile.Write(ref _heardAt, value);
    }

    /// <summary>Since when a frame is half there; zero when none is. Written by its reader.</summary>
    public long HalfReadSince
    {
        get => Volatile.Read(ref _halfReadSince);
        set => Volatile.Write(ref _halfReadSince, value);
    }

    /// <summary>Wraps a message.</summary>
    public byte[] Wrap(ReadOnlySpan<byte> json) =>
        form == StreamForm.WebSocket ? WebSocketFrames.Of(Opcode.Text, json) : [.. "data: "u8, .. json, .. "\n\n"u8];
}

/// <summary>How messages are wrapped.</summary>
internal enum StreamForm
{
    /// <summary>One text frame each.</summary>
    WebSocket,

    /// <summary>One server-sent event each.</summary>
    ServerSent,
}
