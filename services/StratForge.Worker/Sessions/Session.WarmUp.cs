using StratForge.Contracts.Hosting;
using StratForge.Worker.Hosts;
using StratForge.Worker.Market;
using StratForge.Worker.Sessions.Tape;

namespace StratForge.Worker.Sessions;

// From the loaded strategy to the first event: history for the indicators, and the row that says it runs.
internal sealed partial class Session
{
    private static readonly TimeSpan HistoryLook = TimeSpan.FromMilliseconds(250);

    // Of all symbols together, some 18 MiB: with one it is as much as a strategy may want.
    private const int MostHistory = 320_000;

    private History _history = new([], null);

    // Reads history outside of the loop; everything after it is back on the loop.
    private async Task WarmUpAsync(LoadedFrame loaded, string[] further)
    {
        var symbols = await OpenSymbolsAsync(further);
        var history = symbols is null ? _history
            : await ReadHistoryAsync(Math.Clamp(loaded.WarmUp, 0, HostProtocol.MaxWarmUp), symbols.Further);

        Post(() =>
        {
            if (_phase != Phase.Preparing)
            {
                return;
            }

            if (symbols is null)
            {
                Drop();
                return;
            }

            if (!TakeSymbols(further, symbols))
            {
                Fail(new HostFailure(
                    HostFailure.StrategyError,
                    $"The strategy subscribes to {(further.Length == 0 ? "no further symbol" : string.Join(", ", further))}; when it began it subscribed to {string.Join(", ", symbols.Further.Select(one => one.Symbol))}. What a session is fed does not change while it runs."));
                return;
            }

            TakeTickFeeds(loaded);
            Warm(history);
        });
    }

    // What an earlier run was warmed with is what this one is warmed with, whatever became of the history since.
    private async Task<History> ReadHistoryAsync(int wanted, IReadOnlyList<SessionSymbol> further)
    {
        if (_start.WarmBars is { } taped)
        {
            return new History([.. taped.Select(bar => bar.Values)], _start.WarmPlaces);
        }

        if (wanted == 0 || _start.HistoryThrough is not { } through)
        {
            if (wanted > 0)
            {
                Post(() => KeepLog("info", $"History: there is none yet; the first call may take {wanted} bars."));
            }

            return new History([], further.Count == 0 ? null : []);
        }

        SessionSymbol[] symbols = [new SessionSymbol(Claim.Symbol, _start.FirstSeq, _start.RecoverySeq), .. further];
        var most = Math.Min(wanted, MostHistory / symbols.Length);
        var all = new List<(BarValues Bar, int Place)>();
        for (var place = 0; place < symbols.Length; place++)
        {
            var (symbol, firstSeq, _) = symbols[place];
            var bars = await _services.PersistAsync(
                cancellationToken => _services.BarStore.ReadHistoryAsync(symbol, through, most, cancellationToken, firstSeq));
            if (bars.Count < wanted)
            {
                Post(() => KeepLog(
                    "info", $"History: {bars.Count} of {wanted} bars of {symbol} are fed; the first call may take {wanted - bars.Count} more."));
            }

            if (further.Count == 0)
            {
                return new History(bars, null);
            }

            var own = place;
            all.AddRange(bars.Select(bar => (bar, own)));
        }

        (BarValues Bar, int Place)[] inOrder =
            [.. all.OrderBy(one => one.Bar.UnixMilliseconds).ThenBy(one => symbols[one.Place].Symbol, StringComparer.Ordinal)];
        return new History([.. inOrder.Select(one => one.Bar)], [.. inOrder.Select(one => one.Place)]);
    }

    private void Warm(History history)
    {
        _history = history;
        for (var first = 0; first < history.Bars.Count; first += HostProtocol.MaxBarsPerFrame)
        {
            _warmUp.Enqueue((
                [.. history.Bars.Skip(first).Take(HostProtocol.MaxBarsPerFrame)],
                history.Places is null ? null : [.. history.Places.Skip(first).Take(HostProtocol.MaxBarsPerFrame)]));
        }

        for (var i = 0; i < history.Bars.Count; i++)
        {
            var bar = history.Bars[i];
            _hash!.Bar(
                history.Places is null ? Claim.Symbol : _symbols![history.Places[i]],
                bar.UnixMilliseconds, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume, warm: true);
        }

        WarmNext();
    }

    private void WarmNext()
    {
        if (_warmUp.TryDequeue(out var chunk))
        {
            _phase = Phase.Warming;
            _inHand = new InHand(EventOf.Bars, 0, 0, null);
            Begin();
            Send(HostFrame.Warm(chunk.Bars, chunk.Places));
            return;
        }

        _phase = Phase.Marking;
        _ = GuardedAsync(() => MarkRunningAsync(
            TapedBar.WriteHistory(_symbols ?? [Claim.Symbol], _history.Bars, _history.Places),
            _history.Places is null ? null : [.. _history.Places.Select(place => (byte)place)]));
    }

    private async Task MarkRunningAsync(byte[] warmBars, byte[]? warmPlaces)
    {
        var held = await _services.PersistAsync(cancellationToken =>
            _services.Store.MarkRunningAsync(Claim, warmBars, warmPlaces, _services.Clock.GetUtcNow(), cancellationToken));
        Post(() =>
        {
            if (_phase != Phase.Marking)
            {
                return;
            }

            if (!held)
            {
                Drop();
                return;
            }

            // Written down, and not needed again.
            _history = new History([], null);
            _start = _start with { WarmBars = [], WarmPlaces = null };
            _phase = Phase.Idle;
            _bars = _services.Bars.Follow(Claim.Symbol, this);
            FollowSymbols();
            FollowTicks();
            Advance();
        });
    }

    /// <summary>Bars from before the session.</summary>
    /// <param name="Bars">Oldest first.</param>
    /// <param name="Places">Place of each one's symbol; null with one symbol.</param>
    private sealed record History(IReadOnlyList<BarValues> Bars, IReadOnlyList<int>? Places);
}
