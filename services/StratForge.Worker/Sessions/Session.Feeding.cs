using System.Text.Json;
using StratForge.Worker.Hosts;
using StratForge.Worker.Market;
using StratForge.Worker.Sessions.Tape;

namespace StratForge.Worker.Sessions;

// Which event comes next, and where it is read from.
internal sealed partial class Session
{
    public void OnBars() => Guarded(Advance);

    /// <summary>Hands over what comes next, if the host is free and there is something.</summary>
    private void Advance()
    {
        if (_phase != Phase.Idle)
        {
            return;
        }

        if (_leaving)
        {
            Drop();
            return;
        }

        if (_tape.HasUnread)
        {
            ReadTape();
            return;
        }

        if (_tape.TryPeek(out var entry) && entry.AfterSeq < _nextSeq)
        {
            if (entry.IsTaped)
            {
                _tape.Dequeue();
                Hand(entry);
            }

            return;
        }

        if (_stopRequested)
        {
            _phase = Phase.Stopping;
            Begin();
            Send(HostFrame.Stop("user"));
            return;
        }

        if (TapesTicksBeforeBar())
        {
            return;
        }

        if (_order is not null)
        {
            HandMerged();
        }
        else
        {
            if (!_live && _nextSeq > _start.RecoverySeq)
            {
                GoLive();
            }

            HandBars();
        }

        TapeTicks();
    }

    private void Hand(PlacedEntry entry)
    {
        if (entry is TickEntry tick)
        {
            HandTick(tick);
        }
        else
        {
            HandUpdate((TapeEntry)entry);
        }
    }

    private void GoLive()
    {
        _live = true;
        _start.Outcomes.Forget();
        _services.Events.Follow(Claim.UserId, this, _lastEventId);
    }

    private void ReadTape()
    {
        if (_readingTape)
        {
            return;
        }

        _readingTape = true;
        ReadTold(_tape.ReadAsync, page =>
        {
            _readingTape = false;
            _tape.Take(page);
            Advance();
        });
    }

    // What it was told before can't be left out: without it, it would go on as another session.
    private void ReadTold<T>(Func<CancellationToken, Task<T>> read, Action<T> take)
    {
        _ = GuardedAsync(ReadAsync);

        async Task ReadAsync()
        {
            try
            {
                var told = await _services.PersistAsync(read);
                Post(() => take(told));
            }
            catch (Exception exception) when (exception is InvalidDataException or JsonException)
            {
                Post(() =>
                {
                    _services.Loop.Report(exception);
                    Fail(new HostFailure(
                        HostFailure.DataCorrupt, "What this session was told before can't be read. Its operator finds more in the worker's log."));
                });
            }
        }
    }

    private void HandBars()
    {
        var last = _live ? _bars!.LastSeq : _start.RecoverySeq;
        if (_tape.TryPeek(out var entry))
        {
            last = Math.Min(last, entry.AfterSeq);
        }

        // A chunk is either something that was settled before or something new.
        if (_nextSeq <= _start.ProcessedSeq)
        {
            last = Math.Min(last, _start.ProcessedSeq);
        }

        // What happened to its orders before it came to this worker goes before the first bar after it.
        if (_nextSeq > last || (_live && !_pastOrdersKnown))
        {
            return;
        }

        if (_nextSeq == last && last > _start.ProcessedSeq && _bars!.Find(last) is { } single)
        {
            NoteLag(single);
            _inHand = new InHand(EventOf.Bar, last, last, single);
            Reach(single.OpensAt + BarLength);
            _nextSeq = last + 1;
            _phase = Phase.AtWork;
            _services.Sender.HostAtWork();
            Begin();
            Send(single.Frame);
            return;
        }

        HandChunk(last);
    }

    private void HandChunk(long last)
    {
        var chunk = new List<BarValues>();
        for (var seq = _nextSeq; seq > _start.ProcessedSeq && seq <= last && chunk.Count < _chunk.Next && _bars!.Find(seq) is { } bar; seq++)
        {
            chunk.Add(bar.Values);
        }

        if (chunk.Count == 0)
        {
            foreach (var (seq, values) in _stored)
            {
                if (seq == _nextSeq + chunk.Count && seq <= last && chunk.Count < _chunk.Next)
                {
                    chunk.Add(values);
                }
            }
        }

        if (chunk.Count == 0)
        {
            ReadStored();
            return;
        }

        NoteLag(_live ? _bars!.Find(_nextSeq) : null);
        _inHand = new InHand(EventOf.Bars, _nextSeq, _nextSeq + chunk.Count - 1, null) { Chunk = chunk };
        _phase = Phase.AtWork;
        Begin();
        _inLineAtChunk = _host!.TimeInLine();
        Send(HostFrame.Bars(_nextSeq, chunk));
    }

    private void ReadStored()
    {
        if (_readingStored)
        {
            return;
        }

        _readingStored = true;
        var after = _nextSeq - 1;
        _ = GuardedAsync(ReadAsync);

        async Task ReadAsync()
        {
            var stored = await _services.PersistAsync(cancellationToken => ReadBarsAsync(after, cancellationToken));
            Post(() =>
            {
                _readingStored = false;
                _stored = stored;
                if (_phase != Phase.Ending && (stored.Count == 0 || stored[0].Seq != after + 1))
                {
                    Fail(new HostFailure(
                        HostFailure.DataGap,
                        $"Bar {after + 1} of {Claim.Symbol} is missing in storage, so the session can't be brought up to the present."));
                    return;
                }

                Advance();
            });
        }
    }

    // What the session was given before is on its tape, as it was then; what comes after it is stored by the ingestor.
    private async Task<IReadOnlyList<(long Seq, BarValues Values)>> ReadBarsAsync(long after, CancellationToken cancellationToken)
    {
        if (after < _start.ProcessedSeq)
        {
            var taped = await _services.Tape.ReadBarsAsync(SessionId, after, 1_000, cancellationToken);
            if (taped.Count > 0 && taped[0].Seq == after + 1)
            {
                return [.. taped.TakeWhile((bar, i) => bar.Seq == after + 1 + i).Select(bar => (bar.Seq, bar.Bar.Values))];
            }
        }

        // Also for sessions that are older than the tape of bars.
        return await _services.BarStore.ReadAfterAsync(Claim.Symbol, after, 1_000, cancellationToken);
    }

    private void HandUpdate(TapeEntry entry)
    {
        _inHand = new InHand(EventOf.Update, entry.EventId, entry.EventId, null) { Update = entry };
        _phase = Phase.AtWork;
        Begin();
        Send(HostFrame.Update(entry, _tickets.Take(entry.Order)));
    }
}
