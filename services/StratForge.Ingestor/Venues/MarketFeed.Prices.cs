using StratForge.Alpaca;

namespace StratForge.Ingestor.Venues;

/// <summary>Trades and quotes, of which the venue's plan may not have room for all.</summary>
internal sealed partial class MarketFeed
{
    /// <summary>The venue's code for more symbols than the plan has.</summary>
    private const int SymbolLimitExceeded = 405;

    private async ValueTask AskForPricesAsync(IReadOnlyCollection<string> symbols, CancellationToken cancellationToken)
    {
        _prices.Asked(symbols);
        await _stream!.SubscribeAsync(new AlpacaSubscription(symbols, symbols), cancellationToken);
    }

    /// <summary>The plan has no room for what was asked last. Nothing of it was granted, so its halves are asked for, down to single symbols:
    /// in the end as many have trades and quotes as the plan allows, and the others bars alone. One that is traded takes the place of one that is
    /// only watched.</summary>
    private async ValueTask HandleLimitAsync(CancellationToken cancellationToken)
    {
        if (_prices.Refused() is not { } refused)
        {
            LogRefused(SymbolLimitExceeded, "symbol limit exceeded");
            return;
        }

        await _stream!.UnsubscribeAsync(new AlpacaSubscription(refused, refused), cancellationToken);
        if (refused is [var single])
        {
            if (!_wanted.Traded.Contains(single) || Watched() is not { } watched)
            {
                GiveUp(single);
                return;
            }

            await _stream.UnsubscribeAsync(new AlpacaSubscription([watched], [watched]), cancellationToken);
            GiveUp(watched);
            await AskForPricesAsync(refused, cancellationToken);
            return;
        }

        foreach (var half in refused.Chunk(Math.Max(1, (refused.Count + 1) / 2)))
        {
            await AskForPricesAsync(half, cancellationToken);
        }
    }

    // One whose trades and quotes are streamed although nobody trades it.
    private string? Watched() => _prices.Granted(_symbols.Keys).FirstOrDefault(symbol => !_wanted.Traded.Contains(symbol));

    private void GiveUp(string symbol)
    {
        _prices.GiveUp(symbol);
        telemetry.Refusals.Add(1, _feedTag);
        LogBarsOnly(symbol, _prices.BarsOnly.Count);
    }

    [LoggerMessage(LogLevel.Warning, "The venue's plan has no room for trades and quotes of {Symbol}: it has bars only, like {Count} symbols in all. Follow fewer symbols, or take a larger plan")]
    private partial void LogBarsOnly(string symbol, int count);
}
