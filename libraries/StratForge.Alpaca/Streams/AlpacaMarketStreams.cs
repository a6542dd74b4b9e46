using Microsoft.Extensions.Logging;
using StratForge.Contracts.Market;

namespace StratForge.Alpaca;

/// <summary>Opens market-data streams with the configured keys.</summary>
public sealed class AlpacaMarketStreams(AlpacaOptions options, TimeProvider clock, ILogger<AlpacaMarketStream> logger)
{
    /// <summary>A stream of one asset class that wants nothing yet and connects when it is read. The venue allows one at a time.</summary>
    public AlpacaMarketStream Open(AssetClass assetClass) =>
        new(assetClass == AssetClass.Crypto ? options.CryptoStreamUrl : options.StockStreamUrl, options, clock, logger);
}
