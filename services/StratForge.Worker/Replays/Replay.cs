using System.Globalization;
using System.Text.Json;
using StratForge.Contracts.Hosting;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Worker.Hosts;
using StratForge.Worker.Market;
using StratForge.Worker.Sessions;
using StratForge.Worker.Sessions.Tape;
using StratForge.Worker.Signals;

namespace StratForge.Worker.Replays;

/// <summary>One replay of one recording. It ends at the first difference: what comes after it follows from it.</summary>
internal sealed class Replay(Recording recording, SessionServices services) : IDisposable
{
    private static readonly TimeSpan BarLength = TimeSpan.FromMinutes(1);

    private readonly ClaimedSession _session = recording.Session;
    private readonly string[] _symbols = [recording.Session.Symbol, .. recording.Further];
    private readonly SignalTickets _tickets = new(recording.Session.Id);
    private readonly LedgerReplay _ledger = new(recording.Session.UserId);
    private readonly PlacedTape _tape = new(services.Tape, recording.Session.Id, recording.ThroughEvent, recording.ThroughTick);
    private readonly OutcomeTape _outcomes = new(services.Tape, recording.Session.Id);
    private readonly ChunkSize _chunk = new();
    private RunHash? _hash;
    private long _bars;
    private long _events;
    private long _signals;
    private long _corrected;
    private DateTimeOffset _now = recording.HistoryThrough ?? DateTimeOffset.UnixEpoch;

    private string Symbol => _session.Symbol;

    private bool HasFurther => recording.Further.Count > 0;

    /// <summary>Replays.</summary>
    /// <param name="start">Starts a host with the session's code.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="HostFailedException">The strategy can't be run.</exception>
    public async Task<ReplayResult> RunAsync(
        Func<LoadFrame, HostKind, Task<(AskedHost Host, LoadedFrame Loaded)>> start, IProgress<double> progress, CancellationToken cancellationToken)
    {
        if (FindAtStart() is { } atStart)
        {
            return Result(atStart);
        }

        var (host, loaded) = await start(
            new LoadFrame(
                Symbol, _session.AssetClass == AssetClass.Crypto ? "crypto" : "stock", _session.Parameters, _session.Seed,
                (double)recording.Start.Cash, PositionQuantity: 0, PositionAveragePrice: 0),
            _session.Kind);
        await using (host)
        {
            _hash = new RunHash(Symbol, _session.Seed, (double)recording.Start.Cash, loaded.Parameters, _session.Parameters);
            var difference = FindInSymbols(loaded)
                ?? await WarmAsync(host, cancellationToken)
                ?? await FeedAsync(host, progress, cancellationToken)
                ?? FindAtEnd()
                ?? recording.Fills.Select(_ledger.Book).FirstOrDefault(found => found is not null);
            return Result(difference);
        }
    }

    public void Dispose() => _hash?.Dispose();

    private ReplayResult Result(ReplayDifference? difference) => new(
        difference is null, difference, recording.ThroughSeq, _bars, _events, _signals, _ledger.Fills, _ledger.Postings, _corrected,
        _hash?.Current(), recording.RunHash);

    // What is pinned must be what it was.
    private ReplayDifference? FindAtStart()
    {
        var taped = recording.Start;
        if (recording.CodeHash != taped.CodeHash)
        {
            return new ReplayDifference("start", null, "code hash", taped.CodeHash, recording.CodeHash);
        }

        using var parameters = JsonDocument.Parse(taped.Parameters);
        foreach (var name in parameters.RootElement.EnumerateObject().Select(one => one.Name).Union(_session.Parameters.Keys).Order(StringComparer.Ordinal))
        {
            var expected = parameters.RootElement.TryGetProperty(name, out var set) ? set.GetRawText() : "none";
            var got = _session.Parameters.TryGetValue(name, out var now) ? now.GetRawText() : "none";
            if (expected != got)
            {
                return new ReplayDifference("start", null, $"parameter {name}", expected, got);
            }
        }

        return taped.Seed == _session.Seed ? null : new ReplayDifference("start", null, "seed", Text(taped.Seed), Text(_session.Seed));
    }

    // A session that began without further symbols was never told any of them.
    private ReplayDifference? FindInSymbols(LoadedFrame loaded)
    {
        if (!HasFurther)
        {
            return null;
        }

        var expected = string.Join(", ", recording.Further);
        var got = string.Join(
            ", ", (loaded.Subscriptions ?? []).Where(wanted => wanted.Feed == SubscriptionFrame.Bars).Select(wanted => wanted.Symbol));
        return expected == got ? null : new ReplayDifference("start", null, "further symbols", expected, got);
    }

    private async Task<ReplayDifference?> WarmAsync(AskedHost host, CancellationToken cancellationToken)
    {
        var history = recording.Start.WarmBars;
        var places = recording.Start.WarmPlaces;
        for (var i = 0; i < history.Count; i++)
        {
            if (SymbolAt(places?[i] ?? 0) is not { } symbol || !history[i].IsIntact(symbol, i - history.Count))
            {
                return Changed($"history bar {history.Count - i} before the session", history[i].Values);
            }

            Hash(symbol, history[i].Values, warm: true);
        }

        for (var first = 0; first < history.Count; first += HostProtocol.MaxBarsPerFrame)
        {
            var count = Math.Min(HostProtocol.MaxBarsPerFrame, history.Count - first);
            await host.HandAsync(
                HostFrame.Warm([.. history.Skip(first).Take(count).Select(bar => bar.Values)], places is null ? null : [.. places.Skip(first).Take(count)]),
                "warm", cancellationToken);
        }

        return null;
    }

    private async Task<ReplayDifference?> FeedAsync(AskedHost host, IProgress<double> progress, CancellationToken cancellationToken)
    {
        var next = recording.FirstSeq + 1;
        var page = new Queue<(TapedBar Bar, BarSource Source)>();
        while (true)
        {
            while (await PeekAsync(cancellationToken) is { } taped && taped.AfterSeq < next)
            {
                _tape.Dequeue();
                if (await (taped is TickEntry tick
                        ? HandTickAsync(host, tick, cancellationToken)
                        : HandEventAsync(host, (TapeEntry)taped, cancellationToken)) is { } difference)
                {
                    return difference;
                }
            }

            if (next > recording.ThroughSeq)
            {
                return null;
            }

            if (page.Count == 0)
            {
                var bars = await ReadPageAsync(next, cancellationToken);
                if (bars.Count == 0)
                {
                    return new ReplayDifference($"bar {next}", null, "bar", "on tape", "missing");
                }

                bars.ForEach(page.Enqueue);
                progress.Report((double)(next - recording.FirstSeq) / (recording.ThroughSeq - recording.FirstSeq + 1));
            }

            var last = Math.Min(Math.Min(recording.ThroughSeq, next + _chunk.Next - 1), next + page.Count - 1);
            if (_tape.TryPeek(out var coming))
            {
                last = Math.Min(last, coming.AfterSeq);
            }

            var (handled, found) = await HandBarsAsync(host, next, [.. page.Take((int)(last - next + 1))], cancellationToken);
            if (found is not null)
            {
                return found;
            }

            for (; next <= handled; next++)
            {
                page.Dequeue();
            }
        }
    }

    private async Task<PlacedEntry?> PeekAsync(CancellationToken cancellationToken)
    {
        if (_tape.HasUnread)
        {
            _tape.Take(await _tape.ReadAsync(cancellationToken));
        }

        return _tape.TryPeek(out var next) ? next : null;
    }

    private async Task<List<(TapedBar Bar, BarSource Source)>> ReadPageAsync(long next, CancellationToken cancellationToken)
    {
        var taped = await services.Tape.ReadBarsAsync(_session.Id, next - 1, 1_000, cancellationToken);
        var bars = taped.TakeWhile((bar, i) => bar.Seq == next + i && bar.Seq <= recording.ThroughSeq)
            .Select(bar => (bar.Bar, Source: bar.Source ?? new BarSource(0, bar.Seq)))
            .ToList();
        foreach (var symbol in bars.GroupBy(bar => bar.Source.Place).Where(group => SymbolAt(group.Key) is not null))
        {
            var stored = await services.BarStore.ReadAfterAsync(
                SymbolAt(symbol.Key)!, symbol.Min(bar => bar.Source.Seq) - 1, symbol.Count(), cancellationToken);
            var values = stored.ToDictionary(row => row.Seq, row => row.Values);
            _corrected += symbol.Count(bar => values.TryGetValue(bar.Source.Seq, out var now) && now != bar.Bar.Values);
        }

        return bars;
    }

    private string? SymbolAt(int place) => place < _symbols.Length ? _symbols[place] : null;

    // With several symbols a bar has two numbers: that of the event, and its own among the bars of its symbol.
    private bool IsIntact((TapedBar Bar, BarSource Source) taped, long number) =>
        SymbolAt(taped.Source.Place) is { } symbol && taped.Bar.IsIntact(symbol, number, HasFurther ? taped.Source.Seq : null);

    private string NameOf(long number, BarSource source) =>
        HasFurther && SymbolAt(source.Place) is { } symbol ? $"bar {number} ({symbol})" : $"bar {number}";

    // Bars up to the first that somebody changed on tape, then that one is the difference.
    private async Task<(long Handled, ReplayDifference? Difference)> HandBarsAsync(
        AskedHost host, long first, (TapedBar Bar, BarSource Source)[] bars, CancellationToken cancellationToken)
    {
        var intact = bars.TakeWhile((bar, i) => IsIntact(bar, first + i)).Count();
        if (intact == 0)
        {
            return (first, await NameChangeAsync(first, bars[0].Bar.Values, bars[0].Source, cancellationToken));
        }

        var chunk = bars.Take(intact).Select(bar => bar.Bar.Values).ToArray();
        var places = HasFurther ? bars.Take(intact).Select(bar => bar.Source.Place).ToArray() : null;
        var began = services.Clock.GetTimestamp();
        var done = await host.HandAsync(HostFrame.Bars(first, chunk, places), "bars", cancellationToken);
        if (done.Seq < first || done.Seq > first + intact - 1)
        {
            throw new HostFailedException(new HostFailure(
                HostFailure.ProtocolError, $"The strategy's process answered bar {done.Seq} instead of bars {first} to {first + intact - 1}."));
        }

        _chunk.Took((int)(done.Seq - first) + 1, services.Clock.GetElapsedTime(began));
        for (var seq = first; seq <= done.Seq; seq++)
        {
            var source = bars[seq - first].Source;
            Hash(_symbols[source.Place], chunk[seq - first], warm: false);
            _bars++;
            var closes = DateTimeOffset.FromUnixTimeMilliseconds(chunk[seq - first].UnixMilliseconds) + BarLength;
            _now = closes > _now ? closes : _now;

            // All but the last were handled without a word.
            var emitted = seq == done.Seq ? Check(done, SessionEventKind.Bar, seq) : [];
            if (Compare(NameOf(seq, source), SessionEventKind.Bar, seq, emitted) is { } difference)
            {
                return (seq, difference);
            }
        }

        _hash!.Answer(done);
        return (done.Seq, await TellOutcomesAsync(host, NameOf(done.Seq, bars[done.Seq - first].Source), SessionEventKind.Bar, done.Seq, done, cancellationToken));
    }

    private async Task<ReplayDifference?> HandEventAsync(AskedHost host, TapeEntry entry, CancellationToken cancellationToken)
    {
        var place = $"order event {entry.EventId}";
        if (entry.TapedDigest is { } digest && digest != entry.Digest())
        {
            return new ReplayDifference(place, _now, "event", $"digest {digest:x16}", $"digest {entry.Digest():x16}: it was changed on tape");
        }

        if (FindFill(place, entry.Order) is { } fill)
        {
            return fill;
        }

        var done = await host.HandAsync(
            HostFrame.Update(entry, _tickets.Take(entry.Order)), "update", cancellationToken);
        _events++;
        _hash!.Update(entry.Order);
        var difference = Compare(place, SessionEventKind.Order, entry.EventId, Check(done, SessionEventKind.Order, entry.EventId));
        _hash.Answer(done);
        return difference ?? await TellOutcomesAsync(host, place, SessionEventKind.Order, entry.EventId, done, cancellationToken);
    }

    private async Task<ReplayDifference?> HandTickAsync(AskedHost host, TickEntry taped, CancellationToken cancellationToken)
    {
        var (tick, kind) = (taped.Tick, taped.Tick.IsQuote ? "quote" : "trade");
        var place = $"{kind} {taped.Number}";
        var at = DateTimeOffset.FromUnixTimeMilliseconds(tick.UnixMilliseconds);
        if (SymbolAt(taped.Place) is not { } symbol || !taped.IsIntact(symbol))
        {
            return new ReplayDifference(place, _now, kind, $"the {kind} that was taped", $"another, of {Text(tick.Price)}: it was changed on tape");
        }

        _now = at > _now ? at : _now;
        var done = await host.HandAsync(HostFrame.Tick(taped.Number, tick, taped.Place == 0 ? null : symbol), kind, cancellationToken);
        if (tick.IsQuote)
        {
            _hash!.Quote(symbol, tick.UnixMilliseconds, tick.Price, tick.Size, tick.Ask, tick.AskSize);
        }
        else
        {
            _hash!.Trade(symbol, tick.UnixMilliseconds, tick.Price, tick.Size);
        }

        var difference = Compare(place, SessionEventKind.Tick, taped.Number, Check(done, SessionEventKind.Tick, taped.Number));
        _hash.Answer(done);
        return difference ?? await TellOutcomesAsync(host, place, SessionEventKind.Tick, taped.Number, done, cancellationToken);
    }

    // What it was told of its signals then. Sessions from before there were outcomes were told none.
    private async Task<ReplayDifference?> TellOutcomesAsync(
        AskedHost host, string place, SessionEventKind kind, long seq, DoneFrame done, CancellationToken cancellationToken)
    {
        if (done.Signals is not { Count: > 0 })
        {
            return null;
        }

        if (!_outcomes.Knows(kind, seq))
        {
            _outcomes.Take(await _outcomes.ReadAsync(kind, seq, cancellationToken));
        }

        if (_outcomes.Find(kind, seq) is not { } taped)
        {
            return null;
        }

        if (!taped.IsIntact)
        {
            return new ReplayDifference(place, _now, "outcomes of its signals", "those that were taped", $"{taped.Json}: they were changed on tape");
        }

        var told = await host.HandAsync(HostFrame.Outcomes(seq, taped.Outcomes), "outcome", cancellationToken);
        foreach (var outcome in taped.Outcomes)
        {
            _hash!.Outcome(outcome.Ticket, outcome.Status, outcome.Code, outcome.OrderId);
        }

        _hash!.Answer(told);
        return null;
    }

    // What the strategy was told of a fill is what was booked.
    private ReplayDifference? FindFill(string place, OrderEvent order)
    {
        if (order.Fill is not { } told)
        {
            return null;
        }

        var booked = recording.Fills.FirstOrDefault(fill => fill.ExecutionId == told.ExecutionId && fill.OrderId == order.OrderId);
        return booked is null ? new ReplayDifference(place, _now, "fill", $"{Text(told.Quantity)} at {Text(told.Price)}", "not booked")
            : booked.Quantity != told.Quantity ? new ReplayDifference(place, _now, "fill quantity", Text(told.Quantity), Text(booked.Quantity))
            : booked.Price != told.Price ? new ReplayDifference(place, _now, "fill price", Text(told.Price), Text(booked.Price))
            : booked.Fee != told.Fee ? new ReplayDifference(place, _now, "fill fee", Text(told.Fee), Text(booked.Fee))
            : null;
    }

    private List<ExecuteSignal> Check(DoneFrame done, SessionEventKind kind, long seq)
    {
        var signals = new List<ExecuteSignal>();
        if (done.Signals is not { Count: > 0 } frames)
        {
            return signals;
        }

        _tickets.Give(kind, seq, frames.Count);
        for (var i = 0; i < frames.Count; i++)
        {
            // What is malformed never left the worker then either.
            if (frames[i] is { } frame && SignalCheck.Read(frame, _session, new SignalCause(kind, seq, _now, null), i, out _, _symbols) is { } signal)
            {
                signals.Add(signal);
            }
        }

        return signals;
    }

    private ReplayDifference? Compare(string place, SessionEventKind kind, long seq, List<ExecuteSignal> emitted)
    {
        var recorded = recording.Signals[((short)kind, seq)].ToArray();
        _signals += Math.Max(recorded.Length, emitted.Count);
        return recorded.Length == 0 && emitted.Count == 0 ? null : SignalComparison.Find(place, _now, recorded, emitted);
    }

    // Everything that is compared one by one was the same: the hash covers the rest, such as stops and cancels.
    private ReplayDifference? FindAtEnd() =>
        recording.RunHash is { } recorded && _hash!.Current() is var now && now != recorded
            ? new ReplayDifference("end", _now, "run hash", recorded, now)
            : null;

    private async Task<ReplayDifference> NameChangeAsync(long number, BarValues taped, BarSource source, CancellationToken cancellationToken)
    {
        // The bar as the ingestor stored it says what it was, if it is still the one that was taped.
        var place = NameOf(number, source);
        var stored = SymbolAt(source.Place) is { } symbol
            ? await services.BarStore.ReadAfterAsync(symbol, source.Seq - 1, 1, cancellationToken)
            : [];
        var recorded = await services.Tape.ReadBarsAsync(_session.Id, number - 1, 1, cancellationToken);
        return stored is [var row, ..] && row.Seq == source.Seq && recorded is [var bar, ..] &&
               IsIntact((bar.Bar with { Values = row.Values }, source), number)
            ? FirstField(place, row.Values, taped)
            : Changed(place, taped);
    }

    private static ReplayDifference FirstField(string place, BarValues expected, BarValues got)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(expected.UnixMilliseconds);
        return expected.UnixMilliseconds != got.UnixMilliseconds ? new ReplayDifference(place, at, "time", Text(expected.UnixMilliseconds), Text(got.UnixMilliseconds))
            : expected.Open != got.Open ? new ReplayDifference(place, at, "open", Text(expected.Open), Text(got.Open))
            : expected.High != got.High ? new ReplayDifference(place, at, "high", Text(expected.High), Text(got.High))
            : expected.Low != got.Low ? new ReplayDifference(place, at, "low", Text(expected.Low), Text(got.Low))
            : expected.Close != got.Close ? new ReplayDifference(place, at, "close", Text(expected.Close), Text(got.Close))
            : expected.Volume != got.Volume ? new ReplayDifference(place, at, "volume", Text(expected.Volume), Text(got.Volume))
            : new ReplayDifference(place, at, "digest", "that of these values", "another: it was changed on tape");
    }

    private static ReplayDifference Changed(string place, BarValues values) => new(
        place, DateTimeOffset.FromUnixTimeMilliseconds(values.UnixMilliseconds), "bar", "the bar that was taped",
        $"another, closing at {Text(values.Close)}: it was changed on tape");

    private void Hash(string symbol, BarValues bar, bool warm) =>
        _hash!.Bar(symbol, bar.UnixMilliseconds, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume, warm);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Text(decimal value) => value.ToString("0.############", CultureInfo.InvariantCulture);
}
