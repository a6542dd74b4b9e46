using StratForge.Contracts.Hosting;
using StratForge.Contracts.Market;
using StratForge.Worker.Hosts;
using StratForge.Worker.Market;
using StratForge.Worker.Sessions.Tape;

namespace StratForge.Worker.Sessions;

// Sessions whose strategy subscribes to further symbols. What they are told has one row of numbers through all symbols; docs/sessions.md says in which
// order. A session of one symbol does nothing of this: its numbers are those of its bars.
internal sealed partial class Session
{
    // By the places of the symbols, the session's own first. Null with one symbol.
    private SymbolFeed[]? _feeds;
    private BarOrder? _order;
    private IReadOnlyDictionary<long, BarSource> _decided = new Dictionary<long, BarSource>();
    private readonly Dictionary<long, BarSource> _decidedNow = [];
    private readonly List<BarSource> _toTapeSources = [];
    private IReadOnlyList<(long Seq, TapedBar Bar, BarSource? Source)> _taped = [];
    private string[]? _symbols;
    private long? _waitingSince;
    private bool _deciding;

    /// <summary>Further symbols whose bars a strategy wants, in the order of its host; null when that is no proper list.</summary>
    private string[]? FurtherSymbols(LoadedFrame loaded)
    {
        string[] further =
        [
            .. (loaded.Subscriptions ?? []).Where(wanted => wanted.Feed == SubscriptionFrame.Bars).Select(wanted => wanted.Symbol),
        ];
        return further.Length < HostProtocol.MaxSubscriptions && further.All(symbol => Symbols.IsWellFormed(symbol) && symbol != Claim.Symbol) &&
               further.Distinct(StringComparer.Ordinal).Count() == further.Length
            ? further
            : null;
    }

    /// <summary>Where the further symbols begin, also where the strategy names none any more. A symbol nobody traded before has no history for a moment.</summary>
    /// <returns>Null when the claim no longer holds.</returns>
    private async Task<SessionSymbols?> OpenSymbolsAsync(string[] further)
    {
        if (_start.WarmBars is null && further.Length > 0)
        {
            if (!await _services.PersistAsync(cancellationToken => _services.Symbols.WantAsync(Claim, further, cancellationToken)))
            {
                return null;
            }

            var began = _services.Clock.GetTimestamp();
            foreach (var symbol in further)
            {
                while (!await _services.PersistAsync(cancellationToken => _services.Store.HasBarsAsync(symbol, cancellationToken)) &&
                       _services.Clock.GetElapsedTime(began) < _services.HistoryPatience && _phase == Phase.Preparing)
                {
                    await Task.Delay(HistoryLook, _services.Clock, _services.Stopping);
                }
            }
        }

        return await _services.PersistAsync(cancellationToken => _services.Symbols.OpenAsync(Claim, _start.HistoryThrough, cancellationToken));
    }

    /// <returns>Whether they are the symbols with which the session began.</returns>
    private bool TakeSymbols(string[] further, SessionSymbols symbols)
    {
        if (symbols.Further.Count == 0)
        {
            return true;
        }

        SessionSymbol[] all = [new SessionSymbol(Claim.Symbol, _start.FirstSeq, _start.RecoverySeq), .. symbols.Further];
        _decided = symbols.Decided;
        _order = new BarOrder(all, _start.HistoryThrough);
        _symbols = [.. _order.Symbols];
        _feeds = [.. all.Select(one => new SymbolFeed(one.RecoverySeq))];
        return symbols.Further.Select(one => one.Symbol).SequenceEqual(further, StringComparer.Ordinal);
    }

    private void FollowSymbols()
    {
        for (var place = 0; place < _feeds?.Length; place++)
        {
            _feeds[place].Bars = place == 0 ? _bars : _services.Bars.Follow(_symbols![place], this);
        }
    }

    private void LeaveSymbols()
    {
        foreach (var feed in _feeds ?? [])
        {
            if (feed.Bars is { } bars && bars != _bars)
            {
                _services.Bars.Leave(bars, this);
            }
        }
    }

    /// <summary>Hands over what comes next of all symbols.</summary>
    private void HandMerged()
    {
        var last = _tape.TryPeek(out var entry) ? entry.AfterSeq : long.MaxValue;
        if (_live && !_pastOrdersKnown)
        {
            return;
        }

        var fed = new List<(BarSource Source, BarValues Values)>();
        if (_nextSeq <= _start.ProcessedSeq)
        {
            TakeTaped(fed, Math.Min(last, _start.ProcessedSeq));
        }
        else if (!_deciding)
        {
            TakeInOrder(fed, last);
        }

        if (fed.Count == 0)
        {
            return;
        }

        _phase = Phase.AtWork;
        var (source, values) = fed[0];
        if (fed.Count == 1 && _nextSeq > _start.ProcessedSeq && _feeds![source.Place].Bars?.Find(source.Seq) is { } single)
        {
            NoteLag(single);
            _inHand = new InHand(EventOf.Bar, _nextSeq, _nextSeq, single) { Sources = [source] };
            TakeHandled(source, values);
            _decidedNow.Remove(_nextSeq);
            _services.Sender.HostAtWork();
            Begin();
            Send(HostFrame.Bar(_nextSeq++, values, source.Place == 0 ? null : _symbols![source.Place]));
            return;
        }

        BarValues[] chunk = [.. fed.Select(one => one.Values)];
        BarSource[] sources = [.. fed.Select(one => one.Source)];
        NoteLag(_live ? _feeds![source.Place].Bars?.Find(source.Seq) : null);
        _inHand = new InHand(EventOf.Bars, _nextSeq, _nextSeq + chunk.Length - 1, null) { Chunk = chunk, Sources = sources };
        Begin();
        _inLineAtChunk = _host!.TimeInLine();
        Send(HostFrame.Bars(_nextSeq, chunk, [.. sources.Select(one => one.Place)]));
    }

    // What is settled was told in the order in which it is on tape.
    private void TakeTaped(List<(BarSource Source, BarValues Values)> fed, long last)
    {
        foreach (var (number, bar, source) in _taped)
        {
            if (number == _nextSeq + fed.Count && number <= last && fed.Count < _chunk.Next)
            {
                fed.Add((source ?? new BarSource(0, number), bar.Values));
            }
        }

        if (fed.Count == 0)
        {
            ReadTaped(_nextSeq - 1);
        }
    }

    // Nothing is told twice and nothing left out: the order goes on from what was taken of each symbol, and numbers without gaps show what is missing.
    private void TakeInOrder(List<(BarSource Source, BarValues Values)> fed, long last)
    {
        var ahead = _order!.Copy();
        while (fed.Count < _chunk.Next && _nextSeq + fed.Count <= last)
        {
            var next = Decided(_nextSeq + fed.Count) is { } decided ? Find(decided) : ahead.Next(LookFor);
            if (next.Is != NextBarIs.Here)
            {
                if (fed.Count == 0)
                {
                    Await(next);
                }

                return;
            }

            if (next.Source.Seq != ahead.LastOf(next.Source.Place) + 1)
            {
                Fail(new HostFailure(
                    HostFailure.DataCorrupt,
                    $"Event {_nextSeq + fed.Count} is written down as bar {next.Source.Seq} of {_symbols![next.Source.Place]}, which is not the next one of it."));
                fed.Clear();
                return;
            }

            ahead.Take(next.Source, next.Values.UnixMilliseconds);
            fed.Add((next.Source, next.Values));
            if (!_decidedNow.ContainsKey(_nextSeq + fed.Count - 1))
            {
                _waitingSince = null;
            }
        }
    }

    private BarSource? Decided(long number) =>
        _decidedNow.TryGetValue(number, out var source) || _decided.TryGetValue(number, out source) ? source : null;

    // It was told before, or is about to be: it is stored.
    private NextBar Find(BarSource source) => _feeds![source.Place].TryFind(source.Seq, out var values)
        ? new NextBar(NextBarIs.Here, source, values, source.Place)
        : new NextBar(NextBarIs.Unread, source, default, source.Place);

    private BarIs LookFor(BarSource source, out BarValues values)
    {
        var feed = _feeds![source.Place];
        var there = _live ? feed.Bars!.LastSeq : feed.RecoverySeq;
        values = default;
        return source.Seq > there ? BarIs.ToCome
            : feed.TryFind(source.Seq, out values) ? BarIs.Here
            : BarIs.Stored;
    }

    private void Await(in NextBar next)
    {
        switch (next.Is)
        {
            case NextBarIs.Unread:
                ReadSymbol(next.Source);
                break;
            case NextBarIs.None or NextBarIs.Waiting when !_live:
                // Whoever had it before can't have told more than this: what is not on tape comes after it.
                GoLive();
                Advance();
                break;
            case NextBarIs.None:
                _waitingSince = null;
                break;
            case NextBarIs.Waiting when _feeds![next.For].Bars!.IsPositioned:
                WaitFor(next.Source);
                break;
        }
    }

    // One patience for all that has gathered meanwhile: whoever is behind does not wait again at each bar.
    private void WaitFor(BarSource source)
    {
        var now = _services.Clock.GetTimestamp();
        if (_waitingSince is not { } since)
        {
            _waitingSince = now;
            _services.Loop.After(_services.SymbolPatience, OnBars);
            return;
        }

        if (_services.Clock.GetElapsedTime(since, now) < _services.SymbolPatience)
        {
            return;
        }

        _deciding = true;
        var number = _nextSeq;
        _services.Journal.Place(Claim, number, source, taped => Guarded(() =>
        {
            _deciding = false;
            if (taped)
            {
                _decidedNow[number] = source;
                Advance();
            }
            else
            {
                Drop();
            }
        }));
    }

    private void ReadSymbol(BarSource source) => Read(
        async cancellationToken => await _services.BarStore.ReadAfterAsync(_symbols![source.Place], source.Seq - 1, 1_000, cancellationToken),
        stored =>
        {
            _feeds![source.Place].Stored = stored;
            return stored is [var first, ..] && first.Seq == source.Seq;
        },
        $"Bar {source.Seq} of {_symbols![source.Place]}");

    private void ReadTaped(long after) => Read(
        async cancellationToken => await _services.Tape.ReadBarsAsync(SessionId, after, 1_000, cancellationToken),
        taped =>
        {
            _taped = taped;
            return taped is [var first, ..] && first.Seq == after + 1;
        },
        $"Event {after + 1}");

    private void Read<T>(Func<CancellationToken, Task<T>> read, Func<T, bool> take, string what)
    {
        if (_readingStored)
        {
            return;
        }

        _readingStored = true;
        _ = GuardedAsync(ReadAsync);

        async Task ReadAsync()
        {
            var found = await _services.PersistAsync(read);
            Post(() =>
            {
                _readingStored = false;
                if (_phase == Phase.Ending)
                {
                    return;
                }

                if (take(found))
                {
                    Advance();
                }
                else
                {
                    Fail(new HostFailure(
                        HostFailure.DataGap, $"{what} is missing in storage, so the session can't be brought up to the present."));
                }
            });
        }
    }

    // The host handled these.
    private void TakeHandled(long through)
    {
        for (var number = _inHand.First; number <= through; number++)
        {
            var i = (int)(number - _inHand.First);
            TakeHandled(_inHand.Sources![i], _inHand.Chunk![i]);
            _decidedNow.Remove(number);
        }
    }

    private void TakeHandled(BarSource source, in BarValues bar)
    {
        _order!.Take(source, bar.UnixMilliseconds);
        Reach(DateTimeOffset.FromUnixTimeMilliseconds(bar.UnixMilliseconds) + BarLength);
    }

    /// <summary>One symbol of a session.</summary>
    private sealed class SymbolFeed(long recoverySeq)
    {
        public long RecoverySeq { get; } = recoverySeq;

        public SymbolBars? Bars { get; set; }

        public IReadOnlyList<(long Seq, BarValues Values)> Stored { get; set; } = [];

        public bool TryFind(long seq, out BarValues values)
        {
            if (Bars?.Find(seq) is { } recent)
            {
                values = recent.Values;
                return true;
            }

            values = default;
            if (Stored.Count == 0 || seq < Stored[0].Seq || seq - Stored[0].Seq >= Stored.Count || Stored[(int)(seq - Stored[0].Seq)].Seq != seq)
            {
                return false;
            }

            values = Stored[(int)(seq - Stored[0].Seq)].Values;
            return true;
        }
    }
}
