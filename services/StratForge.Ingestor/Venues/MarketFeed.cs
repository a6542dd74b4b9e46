using System.Diagnostics;
using System.Threading.Channels;
using StratForge.Alpaca;
using StratForge.Contracts.Market;
using StratForge.Ingestor.Bars;
using StratForge.Ingestor.Publishing;
using StratForge.Ingestor.Subscriptions;

namespace StratForge.Ingestor.Venues;

/// <summary>One feed of the venue: keeps its stream subscribed to what is wanted, numbers the bars, stores them, publishes them.</summary>
/// <remarks>Everything happens in one loop over one inbox, so that no two bars of a symbol can overtake each other. Only REST is asked
/// beside it; its answers come in through the inbox too, while streamed bars of that symbol wait.</remarks>
internal sealed partial class MarketFeed(
    AssetClass assetClass,
    AlpacaMarketStreams streams,
    VenueHistory history,
    BarStore store,
    StatusStore statuses,
    BusPublisher publisher,
    SilencePatience silence,
    IngestorState state,
    IngestorTelemetry telemetry,
    TimeProvider clock,
    ILogger<MarketFeed> logger)
{
    /// <summary>History read for a symbol that was never seen: what indicators of ordinary lengths need to warm up.</summary>
    private static readonly TimeSpan FirstHistory = TimeSpan.FromMinutes(500);

    /// <summary>How far back that history may be sought when the market was closed: over a long weekend.</summary>
    private static readonly TimeSpan FurthestFirstHistory = TimeSpan.FromDays(5);

    /// <summary>How much is filled in at most for a symbol that nobody followed.</summary>
    private static readonly TimeSpan FurthestFill = TimeSpan.FromDays(30);

    /// <summary>A gap so long that the bar after it is checked against the venue's clock.</summary>
    private static readonly TimeSpan Suspicious = TimeSpan.FromHours(1);

    /// <summary>Bars that wait for one statement at most; a long catch-up is stored in portions of this size.</summary>
    private const int LargestBatch = 5_000;

    private readonly Channel<FeedEvent> _inbox = Channel.CreateBounded<FeedEvent>(
        new BoundedChannelOptions(1_024) { SingleReader = true });

    private readonly Dictionary<string, FeedSymbol> _symbols = new(StringComparer.Ordinal);
    private readonly List<LiveBar> _batch = [];
    private readonly RevisedBars _revised = new();
    private readonly List<TradingStatus> _statuses = [];
    private readonly PriceStreams _prices = new();
    private WantedSet _wanted = WantedSet.Nothing;
    private readonly KeyValuePair<string, object?> _feedTag = new("feed", assetClass == AssetClass.Crypto ? "crypto" : "stock");

    private AlpacaMarketStream? _stream;
    private CancellationTokenSource? _streamEnd;
    private Task _pump = Task.CompletedTask;
    private bool _connected;
    private long _attempts;
    private bool _hasBegun;
    private bool _isAskingTime;
    private bool? _isOpen;
    private DateTimeOffset? _lastMessageAt;
    private string? _lostBecause;

    /// <summary>Tells the feed what is wanted now.</summary>
    public ValueTask WantAsync(WantedSet wanted, CancellationToken cancellationToken) =>
        _inbox.Writer.WriteAsync(new FeedEvent.Wanted(wanted), cancellationToken);

    /// <summary>Runs until cancelled, or until the store fails: then this instance cannot lead any more.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // Each bar begins a trace of its own, whatever started this loop.
        Activity.Current = null;
        Report();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var look = clock.CreateTimer(_ => _inbox.Writer.TryWrite(FeedEvent.Looked.Now), null, silence.After / 4, silence.After / 4);
        try
        {
            while (await _inbox.Reader.WaitToReadAsync(ended.Token))
            {
                while (_batch.Count < LargestBatch && _inbox.Reader.TryRead(out var happening))
                {
                    await HandleAsync(happening, ended.Token);
                }

                await FlushAsync(ended.Token);
                Report();
            }
        }
        finally
        {
            await ended.CancelAsync();
            await StopStreamAsync();
            foreach (var symbol in _symbols.Values)
            {
                symbol.Dispose();
            }
        }
    }

    private ValueTask HandleAsync(FeedEvent happening, CancellationToken cancellationToken) => happening switch
    {
        FeedEvent.Streamed streamed => HandleFrame(streamed.Frame, cancellationToken),
        FeedEvent.Answered answered => HandleAnswerAsync(answered, cancellationToken),
        FeedEvent.Refuted refuted => HandleRefuted(refuted, cancellationToken),
        FeedEvent.Looked => LookForSilent(cancellationToken),
        FeedEvent.Silent silent => HandleSilent(silent, cancellationToken),
        FeedEvent.Wanted wanted => HandleWantedAsync(wanted.Set, cancellationToken),
        _ => throw new UnreachableException($"{happening}"),
    };

    private async ValueTask HandleWantedAsync(WantedSet set, CancellationToken cancellationToken)
    {
        var wanted = set.Symbols;
        Volatile.Write(ref _wanted, set);
        var obsolete = _symbols.Keys.Where(symbol => !wanted.Contains(symbol)).ToList();
        var additional = wanted.Where(symbol => !_symbols.ContainsKey(symbol)).ToList();
        if (assetClass == AssetClass.Stock && (obsolete.Count > 0 || !_hasBegun))
        {
            // At the beginning too: a leader before this one may have left some.
            await statuses.KeepAsync(wanted, cancellationToken);
            _hasBegun = true;
        }

        if (additional.Count > 0)
        {
            // A symbol that left and came back begins with what is stored, so everything has to be.
            await FlushAsync(cancellationToken);
            var tails = await store.LoadTailsAsync(additional, cancellationToken);
            foreach (var symbol in additional)
            {
                var tail = tails.GetValueOrDefault(symbol);
                _symbols.Add(symbol, new FeedSymbol(symbol)
                {
                    Sequence = tail is null ? null : new BarSequence(tail.At, tail.Seq),
                    MissedIsHistory = tail is not { Followed: true },
                });
            }

            LogWanted(string.Join(", ", additional), _symbols.Count);
            EnsureStream(cancellationToken);
            await _stream!.SubscribeAsync(BarsOf(additional), cancellationToken);
            await AskForPricesAsync(additional, cancellationToken);
        }

        if (obsolete.Count > 0)
        {
            foreach (var symbol in obsolete)
            {
                _symbols.Remove(symbol, out var gone);
                gone!.Dispose();
                _revised.Forget(symbol);
            }

            LogObsolete(string.Join(", ", obsolete), _symbols.Count);
            _statuses.RemoveAll(status => obsolete.Contains(status.Symbol));
            if (_symbols.Count == 0)
            {
                await StopStreamAsync();
            }
            else
            {
                await _stream!.UnsubscribeAsync(BarsOf(obsolete) with { Trades = obsolete, Quotes = obsolete }, cancellationToken);

                // There may be room now for those that the venue refused.
                var refused = _prices.Remove(obsolete);
                if (refused.Count > 0)
                {
                    await AskForPricesAsync(refused, cancellationToken);
                }
            }
        }

        // Those that the venue refused while they were only watched, or while everything else was traded too.
        var lacking = _prices.BarsOnly.Where(set.Traded.Contains).ToList();
        if (lacking.Count > 0 && Watched() is not null)
        {
            await AskForPricesAsync(lacking, cancellationToken);
        }
    }

    private async ValueTask HandleFrame(AlpacaMarketFrame frame, CancellationToken cancellationToken)
    {
        _lastMessageAt = frame.ReceivedAt;
        telemetry.Received.Add(frame.Messages.Count, _feedTag);
        foreach (var message in frame.Messages)
        {
            switch (message)
            {
                case AlpacaMarketMessage.Quote(var symbol, var quote):
                    if (_symbols.ContainsKey(symbol) && !IsQuarantined("quote", symbol, BarCheck.FaultOf(quote)))
                    {
                        publisher.Publish(symbol, quote);
                    }

                    break;
                case AlpacaMarketMessage.Trade(var symbol, var trade):
                    if (_symbols.ContainsKey(symbol) && !IsQuarantined("trade", symbol, BarCheck.FaultOf(trade)))
                    {
                        publisher.Publish(symbol, trade);
                    }

                    break;
                case AlpacaMarketMessage.Bar(var symbol, AlpacaBarKind.Minute, var bar):
                    if (_symbols.TryGetValue(symbol, out var known))
                    {
                        Stream(known, bar, frame.ReceivedAt, cancellationToken);
                    }
                    else
                    {
                        // Few of them are stragglers of a symbol that was just given up; many mean a venue that mixes symbols up.
                        telemetry.Quarantined.Add(1, _feedTag, new("kind", "bar"), new("fault", "symbol nobody asked for"));
                    }

                    break;
                case AlpacaMarketMessage.Bar(var symbol, var kind, var bar):
                    if (_symbols.ContainsKey(symbol) && !IsQuarantined("bar", symbol, BarCheck.FaultOf(bar)))
                    {
                        _revised.Add(symbol, kind, bar);
                    }

                    break;
                case AlpacaMarketMessage.Status(var symbol, var said):
                    if (_symbols.ContainsKey(symbol) && StatusCodes.Of(symbol, said) is { } status)
                    {
                        _statuses.Add(status);
                    }

                    break;
                case AlpacaMarketMessage.Unreadable(var count):
                    // A bar among them is a gap before the next one, and is asked for then.
                    telemetry.Quarantined.Add(count, _feedTag, new("kind", "message"), new("fault", "unreadable"));
                    break;
                case AlpacaMarketMessage.Connected:
                    _connected = true;
                    _lostBecause = null;
                    _prices.BeginAnew(_symbols.Keys);
                    break;
                case AlpacaMarketMessage.Lost(var reason):
                    _connected = false;
                    _lostBecause = reason;
                    telemetry.Losses.Add(1, _feedTag);
                    foreach (var symbol in _symbols.Values)
                    {
                        symbol.Interrupt();
                    }

                    break;
                case AlpacaMarketMessage.Subscribed(var subscribed):
                    _prices.Accepted(subscribed);
                    CatchUp(subscribed, cancellationToken);
                    break;
                case AlpacaMarketMessage.Refused(SymbolLimitExceeded, _):
                    await HandleLimitAsync(cancellationToken);
                    break;
                case AlpacaMarketMessage.Refused(var code, var text):
                    LogRefused(code, text);
                    break;
            }
        }
    }

    private AlpacaSubscription BarsOf(List<string> symbols) =>
        new(Bars: symbols, UpdatedBars: symbols, DailyBars: symbols, Statuses: assetClass == AssetClass.Stock ? symbols : null);

    /// <summary>From here on the venue streams these symbols, so whatever closed before can be asked for without losing one between.</summary>
    private void CatchUp(AlpacaSubscription subscribed, CancellationToken cancellationToken)
    {
        var streamed = subscribed.Bars!.ToHashSet(StringComparer.Ordinal);
        var symbols = _symbols.Values
            .Where(symbol => symbol.Phase == FeedPhase.Waiting && (streamed.Contains(symbol.Symbol) || streamed.Contains("*")))
            .ToList();
        if (symbols.Count == 0)
        {
            return;
        }

        var now = history.NowAsync(cancellationToken);
        foreach (var symbol in symbols)
        {
            var attempt = ++_attempts;
            var end = symbol.BeginCatchUp(attempt, cancellationToken);
            Spawn(AskSinceLastAsync(symbol.Symbol, attempt, symbol.Sequence?.LastAt, symbol.MissedIsHistory, now, end), symbol.Symbol);
        }
    }

    private async Task AskSinceLastAsync(
        string symbol, long attempt, DateTimeOffset? lastAt, bool asHistory, Task<DateTimeOffset> venueNow, CancellationToken cancellationToken)
    {
        var through = Timeframe.LastClosedAt(await venueNow.WaitAsync(cancellationToken));
        if (lastAt is null)
        {
            await AskFirstHistoryAsync(symbol, attempt, through, cancellationToken);
            return;
        }

        var from = lastAt.Value + Timeframe.Length;
        var furthest = through - FurthestFill;
        if (asHistory && from < furthest)
        {
            from = furthest;
        }

        await AskAsync(symbol, attempt, from, through, asHistory, cancellationToken);
    }

    private async Task AskFirstHistoryAsync(string symbol, long attempt, DateTimeOffset through, CancellationToken cancellationToken)
    {
        var bars = await ReadAsync(FirstHistory);
        if (bars.Count < FirstHistory.TotalMinutes / 2 && assetClass == AssetClass.Stock)
        {
            bars = await ReadAsync(FurthestFirstHistory);
        }

        var wanted = (int)FirstHistory.TotalMinutes;
        await _inbox.Writer.WriteAsync(
            new FeedEvent.Answered(symbol, attempt, bars.Count <= wanted ? bars : bars[^wanted..], AsHistory: true, through, clock.GetUtcNow()),
            cancellationToken);

        async Task<List<AlpacaBar>> ReadAsync(TimeSpan back)
        {
            var read = new List<AlpacaBar>();
            await foreach (var page in BarsAsync(symbol, through - back + Timeframe.Length, through, cancellationToken))
            {
                read.AddRange(page);
            }

            return read;
        }
    }

    private async Task AskGapAsync(
        string symbol, long attempt, DateTimeOffset from, DateTimeOffset through, CancellationToken cancellationToken)
    {
        // Taken as true, a bar from the future would make all bars until then look old.
        if (through - from > Suspicious && await history.NowAsync(cancellationToken) < through + Timeframe.Length)
        {
            await _inbox.Writer.WriteAsync(new FeedEvent.Refuted(symbol, attempt), cancellationToken);
            return;
        }

        await AskAsync(symbol, attempt, from, through, asHistory: false, cancellationToken);
    }

    private async Task AskAsync(
        string symbol, long attempt, DateTimeOffset from, DateTimeOffset through, bool asHistory, CancellationToken cancellationToken)
    {
        await foreach (var page in BarsAsync(symbol, from, through, cancellationToken))
        {
            await _inbox.Writer.WriteAsync(
                new FeedEvent.Answered(symbol, attempt, page, asHistory, Through: null, clock.GetUtcNow()), cancellationToken);
        }

        await _inbox.Writer.WriteAsync(
            new FeedEvent.Answered(symbol, attempt, [], asHistory, through, clock.GetUtcNow()), cancellationToken);
    }

    private IAsyncEnumerable<IReadOnlyList<AlpacaBar>> BarsAsync(
        string symbol, DateTimeOffset from, DateTimeOffset through, CancellationToken cancellationToken) =>
        history.BarsAsync(assetClass, symbol, from, through, () => Volatile.Read(ref _wanted).NeedOf(symbol), cancellationToken);

    private async ValueTask HandleAnswerAsync(FeedEvent.Answered answered, CancellationToken cancellationToken)
    {
        if (!_symbols.TryGetValue(answered.Symbol, out var symbol) || symbol.Attempt != answered.Attempt)
        {
            return;
        }

        var bars = answered.Bars.Where(bar => !IsQuarantined("bar", symbol.Symbol, BarCheck.FaultOf(bar))).ToList();
        if (answered.AsHistory)
        {
            await KeepHistoryAsync(symbol, bars, answered.Through, cancellationToken);
        }
        else
        {
            foreach (var bar in bars)
            {
                if (symbol.Sequence!.PlaceOf(bar.Time) != BarPlace.Known)
                {
                    Append(symbol, bar, answered.ReceivedAt);
                    symbol.HeardAt = answered.ReceivedAt;
                    telemetry.Backfilled.Add(1, _feedTag);
                }
            }
        }

        if (answered.Through is { } through)
        {
            if (symbol.GapAskedThrough is { } gapEnd && gapEnd <= through)
            {
                symbol.Sequence!.AskedThrough(gapEnd);
                symbol.GapAskedThrough = null;
            }

            symbol.Live();
            symbol.HeardAt ??= clock.GetUtcNow();
            Place(symbol, cancellationToken);
        }
    }

    private ValueTask HandleRefuted(FeedEvent.Refuted refuted, CancellationToken cancellationToken)
    {
        if (_symbols.TryGetValue(refuted.Symbol, out var symbol) && symbol.Attempt == refuted.Attempt)
        {
            var (bar, _) = symbol.Waiting.Dequeue();
            if (symbol.LastStreamedAt == bar.Time)
            {
                symbol.LastStreamedAt = null;
            }

            IsQuarantined("bar", symbol.Symbol, "time ahead of the venue's clock");
            symbol.GapAskedThrough = null;
            symbol.Live();
            Place(symbol, cancellationToken);
        }

        return ValueTask.CompletedTask;
    }

    private async ValueTask KeepHistoryAsync(
        FeedSymbol symbol, List<AlpacaBar> bars, DateTimeOffset? through, CancellationToken cancellationToken)
    {
        DateTimeOffset? liveAfter = null;
        if (through is { } last)
        {
            // The venue's history may lag behind its stream by the minute that just closed. That minute stays open: if it
            // comes after all it is a live bar, asked for once more or streamed.
            liveAfter = last - Timeframe.Length - Timeframe.Length;
            var newest = bars.Count > 0 ? bars[^1].Time : symbol.HistoryThrough;
            liveAfter = newest > liveAfter ? newest : liveAfter;
        }
        else if (bars.Count > 0)
        {
            symbol.HistoryThrough = bars[^1].Time;
        }

        if (liveAfter is { } instant && symbol.Sequence is { } sequence && sequence.LastAt > instant)
        {
            liveAfter = sequence.LastAt;
        }

        telemetry.Stored.Add(await store.InsertHistoryAsync(symbol.Symbol, bars, liveAfter, cancellationToken), _feedTag);
        if (liveAfter is { } begins)
        {
            symbol.Sequence = new BarSequence(begins, symbol.Sequence?.LastSeq ?? 0);
            symbol.MissedIsHistory = false;
            LogHistory(symbol.Symbol, begins, symbol.Sequence.LastSeq);
        }
    }

    /// <summary>A bar came through the stream.</summary>
    private void Stream(FeedSymbol symbol, AlpacaBar bar, DateTimeOffset receivedAt, CancellationToken cancellationToken)
    {
        var fault = BarCheck.FaultOf(bar)
            ?? (bar.Time < symbol.LastStreamedAt ? "time before the bar streamed last" : null);
        if (IsQuarantined("bar", symbol.Symbol, fault))
        {
            return;
        }

        if (bar.Time == symbol.LastStreamedAt)
        {
            telemetry.Known.Add(1, _feedTag);
            return;
        }

        // A bar far ahead is not the measure of what follows before it was checked against the venue's clock.
        if ((symbol.LastStreamedAt ?? symbol.Sequence?.LastAt) is not { } last || bar.Time - last <= Suspicious)
        {
            symbol.LastStreamedAt = bar.Time;
        }

        if (symbol.Waiting.Count >= FeedSymbol.LongestWait)
        {
            // Dropped from memory only: the catch-up that follows asks for all of them.
            symbol.Waiting.Clear();
            LogOverflow(symbol.Symbol);
        }

        symbol.HeardAt = receivedAt;
        symbol.Waiting.Enqueue((bar, receivedAt));
        Place(symbol, cancellationToken);
    }

    /// <summary>Gives waiting bars their numbers for as long as nothing is missing before them.</summary>
    private void Place(FeedSymbol symbol, CancellationToken cancellationToken)
    {
        while (symbol.Phase == FeedPhase.Live && symbol.Waiting.TryPeek(out var waiting))
        {
            switch (symbol.Sequence!.PlaceOf(waiting.Bar.Time))
            {
                case BarPlace.Known:
                    symbol.Waiting.Dequeue();
                    telemetry.Known.Add(1, _feedTag);
                    break;
                case BarPlace.Next:
                    symbol.Waiting.Dequeue();
                    Append(symbol, waiting.Bar, waiting.ReceivedAt);
                    symbol.LastStreamedAt = waiting.Bar.Time > symbol.LastStreamedAt ? waiting.Bar.Time : symbol.LastStreamedAt;
                    break;
                case BarPlace.AfterGap:
                    var from = symbol.Sequence.LastAt + Timeframe.Length;
                    var through = waiting.Bar.Time - Timeframe.Length;
                    var attempt = ++_attempts;
                    var end = symbol.BeginCatchUp(attempt, cancellationToken);
                    symbol.GapAskedThrough = through;
                    Spawn(AskGapAsync(symbol.Symbol, attempt, from, through, end), symbol.Symbol);
                    break;
            }
        }
    }

    private void Append(FeedSymbol symbol, AlpacaBar bar, DateTimeOffset receivedAt)
    {
        var seq = symbol.Sequence!.Append(bar.Time);
        var trace = telemetry.Activities.StartActivity(
            $"bar {symbol.Symbol}", ActivityKind.Consumer, parentContext: default, startTime: receivedAt);
        trace?.SetTag("stratforge.symbol", symbol.Symbol);
        trace?.SetTag("stratforge.seq", seq);
        trace?.SetTag("stratforge.market_time", bar.Time.ToString("O"));
        Activity.Current = null;
        _batch.Add(new LiveBar(symbol.Symbol, seq, bar, receivedAt, trace));
    }

    /// <summary>Stores what has its number, then publishes it, in that order: what is on the bus is in the table.</summary>
    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await FlushLiveAsync(cancellationToken);
        await FlushStatusesAsync(cancellationToken);

        // A correction of a bar that still waits for its number waits with it.
        var revised = _revised.Take(symbol => _symbols.GetValueOrDefault(symbol)?.Sequence?.LastAt);
        if (revised.Count > 0)
        {
            telemetry.Corrected.Add(await store.CorrectAsync(revised, cancellationToken), _feedTag);
        }
    }

    private async ValueTask FlushLiveAsync(CancellationToken cancellationToken)
    {
        if (_batch.Count == 0)
        {
            return;
        }

        // The statement belongs to all of them; it is shown in the trace of the first.
        Activity.Current = _batch[0].Trace;
        try
        {
            await store.InsertAsync(_batch, cancellationToken);
        }
        finally
        {
            Activity.Current = null;
        }

        telemetry.Stored.Add(_batch.Count, _feedTag);
        foreach (var bar in _batch)
        {
            publisher.Publish(bar);
            telemetry.BarLag.Record((clock.GetUtcNow() - bar.ReceivedAt).TotalSeconds, _feedTag);
            bar.Trace?.Stop();
        }

        Activity.Current = null;
        _batch.Clear();
    }

    private async ValueTask FlushStatusesAsync(CancellationToken cancellationToken)
    {
        if (_statuses.Count == 0)
        {
            return;
        }

        foreach (var status in await statuses.StoreAsync(_statuses, cancellationToken))
        {
            publisher.Publish(status);
            LogStatus(status.Symbol, status.State, status.Reason);
        }

        _statuses.Clear();
    }

    private bool IsQuarantined(string kind, string symbol, string? fault)
    {
        if (fault is null)
        {
            return false;
        }

        telemetry.Quarantined.Add(1, _feedTag, new("kind", kind), new("fault", fault));
        // One-sided quotes are daily bread and have their counter; a bar that cannot be true is for somebody to look at.
        if (string.Equals(kind, "bar", StringComparison.Ordinal))
        {
            LogQuarantined(symbol, fault);
        }

        return true;
    }

    private void EnsureStream(CancellationToken cancellationToken)
    {
        if (_stream is not null)
        {
            return;
        }

        _stream = streams.Open(assetClass);
        _streamEnd = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _pump = PumpAsync(_stream, _streamEnd.Token);
    }

    private async Task StopStreamAsync()
    {
        if (_stream is null)
        {
            return;
        }

        await _streamEnd!.CancelAsync();
        await _pump;
        _streamEnd.Dispose();
        _stream.Dispose();
        _stream = null;
        _streamEnd = null;
        _connected = false;
        _lostBecause = null;
        _prices.BeginAnew([]);
    }

    private async Task PumpAsync(AlpacaMarketStream stream, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var frame in stream.ReadFramesAsync(cancellationToken))
            {
                await _inbox.Writer.WriteAsync(new FeedEvent.Streamed(frame), cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The feed is over or wants nothing.
        }
        catch (Exception fault)
        {
            // The loop ends with it, and the leader starts again.
            _inbox.Writer.TryComplete(fault);
        }
    }

    /// <summary>Lets a catch-up run beside the loop. It ends by its answer or by cancellation; anything else ends the feed.</summary>
    private void Spawn(Task catchUp, string symbol) =>
        _ = catchUp.ContinueWith(
            done =>
            {
                if (done.Exception is { } fault)
                {
                    LogCatchUpFault(symbol, fault.InnerException ?? fault);
                    _inbox.Writer.TryComplete(fault.InnerException);
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

    private void Report()
    {
        var before = clock.GetUtcNow() - silence.After;
        state.Report(assetClass, new FeedState(
            _connected,
            _symbols.Count,
            _symbols.Values.Count(static symbol => symbol.Phase == FeedPhase.Live),
            _lastMessageAt,
            _lostBecause,
            [.. _prices.BarsOnly],
            _isOpen,
            _isOpen == true ? _symbols.Values.Count(symbol => symbol.IsSilentSince(before)) : 0));
    }

    [LoggerMessage(LogLevel.Information, "Following {Symbols}; {Count} symbols in all")]
    private partial void LogWanted(string symbols, int count);

    [LoggerMessage(LogLevel.Information, "No longer following {Symbols}; {Count} symbols are left")]
    private partial void LogObsolete(string symbols, int count);

    [LoggerMessage(LogLevel.Information, "Bars of {Symbol} after {LiveAfter:u} are live; the last number is {Seq}")]
    private partial void LogHistory(string symbol, DateTimeOffset liveAfter, long seq);

    [LoggerMessage(LogLevel.Warning, "The venue refused a subscription: {Code} {Text}")]
    private partial void LogRefused(int code, string text);

    [LoggerMessage(LogLevel.Information, "{Symbol} is {State} now. {Reason}")]
    private partial void LogStatus(string symbol, TradingState state, string reason);

    [LoggerMessage(LogLevel.Warning, "A bar of {Symbol} is left out: {Fault}")]
    private partial void LogQuarantined(string symbol, string fault);

    [LoggerMessage(LogLevel.Warning, "Too many streamed bars of {Symbol} wait for the venue's history; they are asked for again")]
    private partial void LogOverflow(string symbol);

    [LoggerMessage(LogLevel.Error, "Catching up on {Symbol} failed")]
    private partial void LogCatchUpFault(string symbol, Exception fault);
}
