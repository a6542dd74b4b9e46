using System.Text;
using StratForge.Gateway.Streams.Bus;
using StratForge.Gateway.Streams.Protocol;
using StratForge.Gateway.Streams.Wires;

namespace StratForge.Gateway.Streams.Delivery;

/// <summary>What clients ask of their loop, and what it asks of them.</summary>
internal sealed partial class StreamLoop
{
    /// <summary>Takes a client in.</summary>
    /// <param name="client">It.</param>
    /// <param name="greeting">What it gets first; null for nothing.</param>
    /// <param name="relay">The topic it is to be relayed, if it may have it at once.</param>
    /// <param name="signInWithin">How long it has to say who it is; zero when that is known.</param>
    public void Join(StreamClient client, byte[]? greeting, Topic? relay, TimeSpan signInWithin)
    {
        var now = Now;
        _clients.Add(client);
        client.HeardAt = now;
        client.PingAt = now + (long)_options.PingEvery.TotalMilliseconds;
        client.SignInUntil = signInWithin == TimeSpan.Zero ? 0 : now + (long)signInWithin.TotalMilliseconds;
        if (greeting is not null)
        {
            Enqueue(client, greeting);
        }

        if (relay is not null)
        {
            Relay(client, relay);
        }

        if (client.Wire is SocketWire)
        {
            // Last, so that its answer speaks for all of it.
            Enqueue(client, WebSocketFrames.Of(Opcode.Ping, Encoding.ASCII.GetBytes($"{client.Number}")));
            Drain(client);
            client.ProofUntil = now + ProofMilliseconds;
        }
        else
        {
            Drain(client);
        }

        if (_isDraining)
        {
            SayGoodBye(client);
        }
    }

    /// <summary>The client has answered a ping.</summary>
    public void Answered(StreamClient client, long number)
    {
        if (client.IsGone || client.ProofUntil == 0 || number != client.Number)
        {
            return;
        }

        client.ProofUntil = 0;
        ((SocketWire)client.Wire).GoDirect();
        Queue(client);
    }

    /// <summary>The client has said who it is.</summary>
    public void SignedIn(StreamClient client, Guid familyId, byte[]? greeting, Topic? relay)
    {
        if (client.IsGone)
        {
            return;
        }

        client.SignInUntil = 0;
        client.FamilyId = familyId;
        if (greeting is not null)
        {
            Answer(client, greeting);
        }

        // Where nobody has to sign in it has its topic already.
        if (relay is not null && client.Relay is null)
        {
            Relay(client, relay);
            Queue(client);
        }
    }

    /// <summary>Sends a whole frame, in order behind other answers.</summary>
    public void Answer(StreamClient client, byte[] frame)
    {
        if (client.IsClosing || client.IsGone)
        {
            return;
        }

        Enqueue(client, frame);
        if (client.AnswerBytes > MostAnswerBytes)
        {
            Close(client, CloseCode.TooSlow, "Answers are not taken.");
        }

        Queue(client);
    }

    /// <summary>A user's client is about to join: from now on nothing of that user is missed.</summary>
    public bool Expect(Guid userId)
    {
        if (!_feeds.TryGetValue(userId, out var feed))
        {
            _feeds[userId] = feed = new UserFeed(userId);
        }

        feed.Expected++;
        return true;
    }

    /// <summary>The client that was expected does not come.</summary>
    public bool Unexpect(Guid userId)
    {
        var feed = _feeds[userId];
        feed.Expected--;
        Forget(feed);
        return true;
    }

    /// <summary>Follows a user's events. What is answered goes before those that are caught up on.</summary>
    /// <param name="client">Who does.</param>
    /// <param name="userId">Whose.</param>
    /// <param name="channels">All that it is to get from now on.</param>
    /// <param name="after">Where it stopped; null to go on where it is, or to begin now.</param>
    /// <param name="tail">The newest stored event, read after <see cref="Expect"/>.</param>
    /// <param name="answers">The messages that answer the client, given from where events follow, or null when there is no such event yet, and they
    /// follow from now.</param>
    /// <returns>Whether the client was still there.</returns>
    public bool Follow(StreamClient client, Guid userId, UserChannels channels, long? after, long tail, Func<long?, IEnumerable<byte[]>> answers)
    {
        var feed = _feeds[userId];
        feed.Expected--;
        if (client.IsGone)
        {
            Forget(feed);
            return false;
        }

        if (feed.Reach(tail))
        {
            WakeAll(feed);
        }

        var isNew = client.Feed is null;
        if (isNew)
        {
            client.Feed = feed;
            feed.Clients.Add(client);
        }

        client.UserChannels = channels;
        client.Kinds = Channels.KindsOf(channels);
        if (after is not null || isNew)
        {
            client.Cursor = Math.Min(after ?? feed.Head, feed.Head);
            (client.Stored, client.StoredNext) = (null, 0);
        }

        foreach (var answer in answers(after > feed.Head ? null : client.Cursor))
        {
            Answer(client, client.Wrap(answer));
        }

        Queue(client);
        return true;
    }

    /// <summary>Leaves channels of a user.</summary>
    public void Unfollow(StreamClient client, UserChannels channels)
    {
        client.UserChannels &= ~channels;
        client.Kinds = Channels.KindsOf(client.UserChannels);
        if (client.UserChannels == UserChannels.None && client.Feed is { } feed)
        {
            client.Feed = null;
            feed.Clients.Remove(client);
            Forget(feed);
        }
    }

    /// <summary>Watches topics; the newest message of each, if one is known, follows.</summary>
    public void Watch(StreamClient client, IEnumerable<Topic> topics)
    {
        if (client.IsGone)
        {
            return;
        }

        client.Watched ??= [];
        foreach (var topic in topics)
        {
            if (client.Watched.ContainsKey(topic.Id))
            {
                continue;
            }

            var watching = new Watching(client, WatchOf(topic));
            client.Watched[topic.Id] = watching;
            watching.Watch.Watchers.Add(watching);
            if (watching.Watch.Newest.Length > 0)
            {
                Mark(watching);
            }
        }

        Queue(client);
    }

    /// <summary>Watches topics no more.</summary>
    public static void Unwatch(StreamClient client, IEnumerable<Topic> topics)
    {
        foreach (var topic in topics)
        {
            if (client.Watched?.Remove(topic.Id, out var watching) == true)
            {
                watching.IsOver = true;
                watching.Watch.Watchers.Remove(watching);
            }
        }
    }

    /// <summary>Begins or ends the sign of life.</summary>
    public void Heartbeat(StreamClient client, bool isWanted) =>
        (client.WantsHeartbeat, client.HeartbeatAt) = (isWanted, Now + (long)_options.HeartbeatEvery.TotalMilliseconds);

    /// <summary>Ends a connection from this side: what was answered is still sent, then the code.</summary>
    public void Close(StreamClient client, CloseCode code, string reason) => Close(client, (int)code, reason);

    /// <inheritdoc cref="Close(StreamClient, CloseCode, string)"/>
    public void Close(StreamClient client, int code, string reason)
    {
        if (client.IsClosing || client.IsGone)
        {
            return;
        }

        client.IsClosing = true;
        client.GoneBy = Now + (code == (int)CloseCode.GoingAway ? (long)_options.DrainWithin.TotalMilliseconds : GoodByeMilliseconds);
        // Whoever never answers the first ping is told through the stream like everything before.
        client.ProofUntil = 0;
        if (client.Form == StreamForm.WebSocket)
        {
            Enqueue(client, WebSocketFrames.Close(code, reason));
        }

        if (code is not ((int)CloseCode.Normal or (int)CloseCode.NoneGiven))
        {
            _telemetry.Closed(code);
        }

        Queue(client);
    }

    /// <summary>Tells everyone that the gateway stops.</summary>
    public void SayGoodBye()
    {
        _isDraining = true;
        foreach (var client in _clients)
        {
            SayGoodBye(client);
        }
    }

    /// <summary>The connection has ended.</summary>
    public bool Leave(StreamClient client)
    {
        Detach(client);
        return true;
    }

    /// <summary>Looks for events that the bus lost: users with clients here and where each stands.</summary>
    public Guid[] Followed() => [.. _feeds.Keys];

    /// <summary>Events up to these numbers are stored.</summary>
    public void Reach(IEnumerable<(Guid UserId, long Tail)> tails)
    {
        foreach (var (userId, tail) in tails)
        {
            if (_feeds.TryGetValue(userId, out var feed) && feed.Clients.Count > 0 && feed.Reach(tail))
            {
                WakeAll(feed);
            }
        }
    }

    /// <summary>Sign-ins that connections here live by.</summary>
    public Guid[] SignIns() => [.. _clients.Where(client => client.FamilyId is not null).Select(client => client.FamilyId!.Value).Distinct()];

    /// <summary>Ends the connections whose sign-in is not among these of those asked about.</summary>
    public void KeepOnly(HashSet<Guid> asked, HashSet<Guid> alive)
    {
        foreach (var client in _clients)
        {
            if (client.FamilyId is { } family && asked.Contains(family) && !alive.Contains(family))
            {
                Close(client, CloseCode.SignInFirst, "The sign-in has ended. Sign in again.");
            }
        }
    }

    /// <summary>Looks at the time: pings, signs of life, deadlines.</summary>
    public void Tick()
    {
        var now = Now;
        long queued = 0;
        long deepest = 0;
        List<StreamClient>? overdue = null;
        foreach (var client in _clients)
        {
            if (client.GoneBy > 0 && now >= client.GoneBy)
            {
                (overdue ??= []).Add(client);
                continue;
            }

            if (client.IsBusy)
            {
                var depth = DepthOf(client);
                queued += depth;
                deepest = Math.Max(deepest, depth);
            }

            Look(client, now);
        }

        overdue?.ForEach(Drop);
        Counts = _counts with { Connections = _clients.Count, Queued = queued, Deepest = deepest };
    }

    private static long DepthOf(StreamClient client) =>
        (client.Answers?.Count ?? 0) + (client.Pending?.Count ?? 0) + (client.Runs?.Sum(run => run.Messages) ?? 0)
        + (client.Feed is { } feed ? feed.Head - client.Cursor : 0);

    private void Look(StreamClient client, long now)
    {
        if (client.IsClosing)
        {
            return;
        }

        var pingEvery = (long)_options.PingEvery.TotalMilliseconds;
        if (client.ProofUntil > 0 && now >= client.ProofUntil)
        {
            // It does not answer pings. Then everything goes through the stream.
            client.ProofUntil = 0;
            Queue(client);
        }

        if (client.SignInUntil > 0 && now >= client.SignInUntil)
        {
            Close(client, CloseCode.SignInFirst, "Nobody signed in in time. Send {\"action\":\"auth\",\"token\":…} first.");
        }
        else if (client.Form == StreamForm.WebSocket && now - client.HeardAt > 2 * pingEvery)
        {
            _telemetry.Closed((int)CloseCode.GoingAway);
            client.GoneBy = now;
        }
        else if (client.HalfReadSince is > 0 and var since && now - since > WholeWithinMilliseconds)
        {
            Close(client, CloseCode.ProtocolError, "A message stayed half sent.");
        }
        else if (client.IsSending && IsTooSlow(client, now))
        {
            Close(client, CloseCode.TooSlow, "You take too little. Connect again and resume from the last event you have.");
        }
        else if (now >= client.PingAt)
        {
            // A busy client too: one that takes little but all the time is always busy.
            client.PingAt = now + pingEvery;
            Enqueue(client, client.Form == StreamForm.WebSocket ? WebSocketFrames.Ping.ToArray() : ": \n\n"u8.ToArray());
            Queue(client);
        }

        if (client.WantsHeartbeat && now >= client.HeartbeatAt && !client.IsBusy && !client.IsClosing)
        {
            client.HeartbeatAt = now + (long)_options.HeartbeatEvery.TotalMilliseconds;
            Enqueue(client, client.Wrap(Encoding.UTF8.GetBytes(
                client.Feed is null ? """{"type":"heartbeat"}""" : $$"""{"type":"heartbeat","lastEventId":{{client.Cursor}}}""")));
            Queue(client);
        }
    }

    private bool IsTooSlow(StreamClient client, long now)
    {
        var busyFor = now - client.BusySince;
        return busyFor >= _options.SlowAfter.TotalMilliseconds
            || (client.Feed is { } feed && feed.Head - client.Cursor > _options.EventsBehind && busyFor >= 1_000);
    }

    private void SayGoodBye(StreamClient client)
    {
        if (client.IsClosing)
        {
            return;
        }

        // Spread over two seconds, so that the other gateways do not get everyone at once.
        var wait = 100 + (client.Number * 37 % 1900);
        var from = client.Feed is null ? "" : $",\"lastEventId\":{client.Cursor}";
        if (client.Relay is null)
        {
            Answer(client, client.Wrap(Encoding.UTF8.GetBytes($$"""{"type":"closing","retryAfterMs":{{wait}}{{from}}}""")));
        }

        Close(
            client, CloseCode.GoingAway,
            client.Feed is null ? "The gateway stops. Connect again." : $"The gateway stops. Connect again with lastEventId {client.Cursor}.");
    }

    private void Relay(StreamClient client, Topic topic)
    {
        // What is about to be sent to the others is the newest; this client gets that and nothing twice.
        SendRuns();
        var relay = RelayOf(topic);
        client.Relay = relay;
        relay.Clients.Add(client);
        if (relay.Newest.Length > 0)
        {
            Enqueue(client, WebSocketFrames.Of(Opcode.Text, relay.Newest.Bytes));
        }
    }

    private static void Enqueue(StreamClient client, byte[] frame)
    {
        (client.Answers ??= new Queue<byte[]>()).Enqueue(frame);
        client.AnswerBytes += frame.Length;
    }

    private void Drop(StreamClient client)
    {
        Detach(client);
        client.Wire.Abort();
    }

    private void Detach(StreamClient client)
    {
        if (client.IsGone)
        {
            return;
        }

        client.IsGone = true;
        _clients.Remove(client);
        if (client.Watched is { } watched)
        {
            Unwatch(client, [.. watched.Values.Select(watching => watching.Watch.Topic)]);
        }

        Unfollow(client, client.UserChannels);
        client.Relay?.Clients.Remove(client);
        while (client.Runs?.TryDequeue(out var run) == true)
        {
            run.Release();
        }

        client.Answers = null;
        client.Pending = null;
        client.Over.TrySetResult();
    }

    private void Forget(UserFeed feed)
    {
        if (feed.Clients.Count == 0 && feed.Expected == 0)
        {
            _feeds.Remove(feed.UserId);
            _holding.Remove(feed);
        }
    }
}
