using StratForge.Alpaca;

namespace StratForge.Ingestor.Venues;

/// <summary>Trades and quotes, of which the venue's plan may not have room for all.</summary>
internal sealed partial class MarketFeed
{
    /// <summary>The venue's code for more symbols than the plan has.</summary>
    private const int SymbolLimitExceeded = 405;

    private async ValueTask AskForPricesAsync(IReadOnlyCollection<string> symbols, CancellationToken cancellationToken)
    {
        if (_connected)
        {
            _prices.Asked(symbols);
        }

        await _stream!.SubscribeAsync(new AlpacaSubscription(symbols, symbols), cancellationToken);
    }

    /// <summary>The plan has no room for what was asked last. Nothing of it was granted, so its halves are asked for, down to single symbols:
    /// in the end as many have trades and quotes as the plan allows, and the others bars alone.</summary>
    private async ValueTask HandleLimitAsync(CancellationToken cancellationToken)
    {
        if (_prices.Refused() is not { } refused)
        {
            LogRefused(SymbolLimitExceeded, "symbol limit exceeded");
            return;
        }

        await _stream!.UnsubscribeAsync(new AlpacaSubscription(refused, refused), cancellationToken);
        if (refused.Count == 1)
        {
            _prices.GiveUp(refused[0]);
            telemetry.Refusals.Add(1, _feedTag);
            LogBarsOnly(refused[0], _prices.BarsOnly.Count);
            return;
        }

        foreach (var half in refused.Chunk((refused.Count + 1) / 2))
        {
            await AskForPricesAsync(half, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The venue's plan has no room for trades and quotes of {Symbol}: it has bars only, like {Count} symbols in all. Follow fewer symbols, or take a larger plan")]
    private partial void LogBarsOnly(string symbol, int count);
}
