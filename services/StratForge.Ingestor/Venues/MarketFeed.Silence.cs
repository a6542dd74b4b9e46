using StratForge.Ingestor.Subscriptions;

namespace StratForge.Ingestor.Venues;

/// <summary>Asks for what the stream keeps to itself.</summary>
internal sealed partial class MarketFeed
{
    /// <summary>Silent symbols asked for at one look; a feed of many thin symbols must not use up the venue's requests per minute.</summary>
    private const int MostSilentAsked = 10;

    /// <summary>A feed that keeps a bar to itself shows a gap only with the bar after it, and the last one before a pause never.</summary>
    private ValueTask LookForSilent(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - silence.After;
        var silent = InTurn(_symbols.Values.Where(symbol => symbol.IsSilentSince(before) && !(symbol.AskedAt > before)), _wanted);
        if (silent.Count > 0 && !_isAskingTime)
        {
            _isAskingTime = true;
            Spawn(AskTimeAsync(silent, cancellationToken), silent[0]);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Silent symbols as they are asked for: the most needed first, and of equals the one that waits longest.</summary>
    internal static List<string> InTurn(IEnumerable<FeedSymbol> silent, WantedSet wanted) =>
    [
        .. silent
            .OrderBy(symbol => wanted.NeedOf(symbol.Symbol))
            .ThenBy(static symbol => symbol.AskedAt ?? symbol.HeardAt)
            .Select(static symbol => symbol.Symbol),
    ];

    private async Task AskTimeAsync(IReadOnlyList<string> silent, CancellationToken cancellationToken) =>
        await _inbox.Writer.WriteAsync(new FeedEvent.Silent(silent, await history.NowAsync(cancellationToken)), cancellationToken);

    private ValueTask HandleSilent(FeedEvent.Silent happening, CancellationToken cancellationToken)
    {
        _isAskingTime = false;
        _isOpen = MarketHours.IsOpen(assetClass, happening.VenueNow);
        var now = clock.GetUtcNow();
        var asked = 0;
        foreach (var name in happening.Symbols)
        {
            if (!_symbols.TryGetValue(name, out var symbol) || !symbol.IsSilentSince(now - silence.After))
            {
                continue;
            }

            if (_isOpen == true)
            {
                if (++asked > MostSilentAsked)
                {
                    break;
                }

                var attempt = ++_attempts;
                var end = symbol.BeginCatchUp(attempt, cancellationToken);
                Spawn(AskSinceLastAsync(name, attempt, symbol.Sequence!.LastAt, asHistory: false, Task.FromResult(happening.VenueNow), end), name);
                telemetry.Silences.Add(1, _feedTag);
            }

            // While the market is closed silence means nothing, and neither does it while the venue answers.
            symbol.AskedAt = now;
        }

        return ValueTask.CompletedTask;
    }
}
