using System.Buffers;
using System.Net.Sockets;
using System.Threading.Channels;
using StratForge.Gateway.Streams.Bus;

namespace StratForge.Gateway.Streams.Delivery;

/// <summary>Serves a share of the clients, one thing after the other, so that nothing of theirs needs a lock. All that came meanwhile is taken in
/// before anything is sent: a client is written to once for all of it.</summary>
/// <remarks>It never waits for a client. A send that the client's buffers do not take at once goes on by itself, and that client alone falls behind:
/// its prices stay marked and are read when it can take them, its events are read again from where it stopped, relayed messages wait in a bounded queue.</remarks>
internal sealed partial class StreamLoop : IDisposable
{
    private const int ScratchBytes = 64 * 1024;
    private const int LargestRun = 256 * 1024;
    private const int MostPerPass = 4096;
    private const int MostAnswerBytes = 128 * 1024;
    private const int ProofMilliseconds = 2_000;
    private const int GoodByeMilliseconds = 3_000;

    /// <summary>A frame has to be whole within this, or its sender holds memory for nothing.</summary>
    private const int WholeWithinMilliseconds = 10_000;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(0.5);

    private readonly Channel<object> _inbox;
    private readonly StreamOptions _options;
    private readonly UserEventStore _store;
    private readonly StreamTelemetry _telemetry;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly ITimer _priceTimer;

    private readonly HashSet<StreamClient> _clients = [];
    private readonly List<PriceWatch?> _watches = [];
    private readonly Dictionary<int, TopicRelay> _relays = [];
    private readonly Dictionary<Guid, UserFeed> _feeds = [];
    private readonly HashSet<UserFeed> _holding = [];
    private readonly List<TopicRelay> _runs = [];
    private readonly List<StreamClient> _queued = [];
    private readonly List<StreamClient> _priced = [];
    private byte[] _scratch = ArrayPool<byte>.Shared.Rent(ScratchBytes);
    private long _pricesSentAt;
    private bool _isPriceTimerSet;
    private bool _isDraining;
    private int _batches;
    private LoopCounts _counts;

    /// <param name="options">Bounds and habits.</param>
    /// <param name="store">Where events are read that nobody holds.</param>
    /// <param name="isAlone">Whether there is no other loop. Then it runs on the thread of whoever posts while it waits: the bus's reader has nothing better
    /// to do, and handing over to another thread for every look at the bus costs more than what is done there.</param>
    /// <param name="telemetry">Where closed connections are counted.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="logger">Hears of what went wrong.</param>
    public StreamLoop(StreamOptions options, UserEventStore store, bool isAlone, StreamTelemetry telemetry, TimeProvider clock, ILogger logger)
    {
        _inbox = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = isAlone });
        (_options, _store, _telemetry, _clock, _logger) = (options, store, telemetry, clock, logger);
        _priceTimer = clock.CreateTimer(_ => Post(() => _isPriceTimerSet = false), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Batches of the bus not yet taken in.</summary>
    public int Waiting => Volatile.Read(ref _batches);

    /// <summary>What it has counted, as of the last tick.</summary>
    public LoopCounts Counts { get; private set; }

    /// <summary>Now, in the milliseconds that clients' times are in.</summary>
    public long Now => (long)_clock.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>Has something done on the loop.</summary>
    public void Post(Action action) => _inbox.Writer.TryWrite(action);

    /// <summary>Hands over what the bus brought.</summary>
    public void Post(BusBatch batch)
    {
        Interlocked.Increment(ref _batches);
        if (!_inbox.Writer.TryWrite(batch))
        {
            batch.Release();
        }
    }

    /// <summary>Has something done on the loop and waits for it.</summary>
    public Task<T> AskAsync<T>(Func<T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_inbox.Writer.TryWrite(() => answer.SetResult(question())))
        {
            answer.SetCanceled();
        }

        return answer.Task;
    }

    /// <summary>Does what is posted until it is told to stop, then what is left.</summary>
    public async Task RunAsync()
    {
        // Yield at once: the host starts its services one after the other.
        await Task.Yield();
        while (await _inbox.Reader.WaitToReadAsync())
        {
            for (var i = 0; i < MostPerPass && _inbox.Reader.TryRead(out var item); i++)
            {
                if (item is BusBatch batch)
                {
                    Interlocked.Decrement(ref _batches);
                    Take(batch);
                    batch.Release();
                }
                else
                {
                    ((Action)item)();
                }
            }

            SendRuns();
            SendQueued();
            SendPrices();
        }
    }

    /// <summary>Nothing is posted any more.</summary>
    public void Stop() => _inbox.Writer.TryComplete();

    public void Dispose() => _priceTimer.Dispose();

    private TopicRelay RelayOf(Topic topic)
    {
        if (!_relays.TryGetValue(topic.Id, out var relay))
        {
            _relays[topic.Id] = relay = new TopicRelay();
        }

        return relay;
    }

    private PriceWatch WatchOf(Topic topic)
    {
        while (_watches.Count <= topic.Id)
        {
            _watches.Add(null);
        }

        return _watches[topic.Id] ??= new PriceWatch(topic);
    }

    private void Take(BusBatch batch)
    {
        foreach (var message in batch.Messages)
        {
            var payload = batch.PayloadOf(message);
            if (message.Topic is not { } topic)
            {
                TakeEvent(message, payload);
            }
            else if (topic.IsRelayed)
            {
                TakeRelayed(RelayOf(topic), payload);
            }
            else
            {
                TakePrice(WatchOf(topic), payload);
            }
        }
    }

    private void TakeEvent(BusMessage message, ReadOnlySpan<byte> payload)
    {
        if (_feeds.TryGetValue(message.UserId, out var feed) && feed.Take(message.EventId, message.Kind, payload))
        {
            WakeAll(feed);
        }
    }

    private void WakeAll(UserFeed feed)
    {
        foreach (var client in feed.Clients)
        {
            Queue(client);
        }

        if (feed.HoldsAny)
        {
            _holding.Add(feed);
        }
    }

    private void TakeRelayed(TopicRelay relay, ReadOnlySpan<byte> payload)
    {
        payload.CopyTo(relay.Newest.Begin(payload.Length));
        if (relay.Clients.Count == 0)
        {
            return;
        }

        if (relay.Run is null)
        {
            relay.Run = new RelayRun();
            _runs.Add(relay);
        }

        relay.Run.Add(payload);
        if (relay.Run.Length >= LargestRun)
        {
            SendRuns();
        }
    }

    private void TakePrice(PriceWatch watch, ReadOnlySpan<byte> payload)
    {
        watch.Keep(payload);
        foreach (var watching in watch.Watchers)
        {
            Mark(watching);
        }
    }

    private void Mark(Watching watching)
    {
        if (watching.IsPending)
        {
            _counts = _counts with { Conflated = _counts.Conflated + 1 };
            return;
        }

        watching.IsPending = true;
        var client = watching.Client;
        (client.Pending ??= []).Add(watching);
        if (!client.IsQueuedForPrices)
        {
            client.IsQueuedForPrices = true;
            _priced.Add(client);
        }
    }

    /// <summary>One send per client for all relayed messages that came together.</summary>
    private void SendRuns()
    {
        foreach (var relay in _runs)
        {
            var run = relay.Run!;
            relay.Run = null;
            for (var i = relay.Clients.Count - 1; i >= 0; i--)
            {
                var client = relay.Clients[i];
                if (client.IsClosing || client.IsGone)
                {
                    continue;
                }

                if (client.IsBusy || client.Runs is { Count: > 0 } || client.Answers is { Count: > 0 })
                {
                    QueueRun(client, run);
                }
                else
                {
                    Send(client, run);
                }
            }

            run.Release();
        }

        _runs.Clear();
    }

    private void QueueRun(StreamClient client, RelayRun run)
    {
        run.Hold();
        (client.Runs ??= new Queue<RelayRun>()).Enqueue(run);
        client.RunBytes += run.Length;
        while (client.RunBytes > _options.RelayBacklogBytes && client.Runs.Count > 1)
        {
            var oldest = client.Runs.Dequeue();
            client.RunBytes -= oldest.Length;
            _counts = _counts with { Dropped = _counts.Dropped + oldest.Messages };
            oldest.Release();
        }
    }

    private void SendQueued()
    {
        // Sending may queue others behind, when an answer closes one.
        for (var i = 0; i < _queued.Count; i++)
        {
            _queued[i].IsQueued = false;
            Drain(_queued[i]);
        }

        _queued.Clear();
        if (_holding.Count > 0)
        {
            _holding.RemoveWhere(static feed =>
            {
                feed.Trim();
                return !feed.HoldsAny;
            });
        }
    }

    private void SendPrices()
    {
        if (_priced.Count == 0)
        {
            return;
        }

        var since = _clock.GetElapsedTime(_pricesSentAt);
        if (_pricesSentAt != 0 && since < _options.PricesEvery)
        {
            if (!_isPriceTimerSet)
            {
                _isPriceTimerSet = true;
                _priceTimer.Change(_options.PricesEvery - since, Timeout.InfiniteTimeSpan);
            }

            return;
        }

        _pricesSentAt = _clock.GetTimestamp();
        foreach (var client in _priced)
        {
            client.IsQueuedForPrices = false;
            Drain(client);
        }

        _priced.Clear();
    }

    private void Queue(StreamClient client)
    {
        if (!client.IsQueued)
        {
            client.IsQueued = true;
            _queued.Add(client);
        }
    }

    /// <summary>Sends a client what it can take now.</summary>
    private void Drain(StreamClient client)
    {
        while (!client.IsBusy && !client.IsGone)
        {
            if (Gather(client) is > 0 and var length)
            {
                SendScratch(client, length);
            }
            else if (!client.IsClosing && client.Runs is { Count: > 0 } runs)
            {
                var run = runs.Dequeue();
                client.RunBytes -= run.Length;
                Send(client, run);
                run.Release();
            }
            else
            {
                break;
            }
        }

        if (client.IsClosing && !client.IsSending && client.Answers is not { Count: > 0 })
        {
            client.Over.TrySetResult();
        }
    }

    private void SendScratch(StreamClient client, int length)
    {
        var sending = SendNow(client, _scratch.AsMemory(0, length));
        if (sending.IsCompletedSuccessfully)
        {
            return;
        }

        // The send keeps the memory; there is more of it.
        var kept = _scratch;
        _scratch = ArrayPool<byte>.Shared.Rent(ScratchBytes);
        Follow(client, sending, null, kept);
    }

    private void Send(StreamClient client, RelayRun run)
    {
        _counts = _counts with { Sent = _counts.Sent + run.Messages };
        var sending = SendNow(client, run.Bytes);
        if (!sending.IsCompletedSuccessfully)
        {
            run.Hold();
            Follow(client, sending, run, null);
        }
    }

    private ValueTask SendNow(StreamClient client, ReadOnlyMemory<byte> bytes)
    {
        _counts = _counts with { Sends = _counts.Sends + 1, Bytes = _counts.Bytes + bytes.Length };
        try
        {
            return client.Wire.SendAsync(bytes);
        }
        catch (Exception exception) when (IsOfTheWire(exception))
        {
            return ValueTask.FromException(exception);
        }
    }

    private void Follow(StreamClient client, ValueTask sending, RelayRun? run, byte[]? scratch)
    {
        client.IsSending = true;
        client.BusySince = Now;
        _ = FollowAsync(client, sending, run, scratch);
    }

    private async Task FollowAsync(StreamClient client, ValueTask sending, RelayRun? run, byte[]? scratch)
    {
        var isThere = true;
        try
        {
            await sending;
        }
        catch (Exception exception) when (IsOfTheWire(exception))
        {
            isThere = false;
        }

        Post(() =>
        {
            run?.Release();
            if (scratch is not null)
            {
                ArrayPool<byte>.Shared.Return(scratch);
            }

            client.IsSending = false;
            if (isThere)
            {
                // What waited for it was taken, which nobody but a living client does; its answer to a ping may be far behind.
                client.HeardAt = Now;
                Queue(client);
            }
            else
            {
                Drop(client);
            }
        });
    }

    // What sockets and the server's pipes throw when the client has gone.
    private static bool IsOfTheWire(Exception exception) =>
        exception is IOException or SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException;
}
