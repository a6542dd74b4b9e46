using System.Runtime.CompilerServices;
using StratForge.Alpaca.Http;
using StratForge.Alpaca.Json;
using StratForge.Contracts.Market;

namespace StratForge.Alpaca;

/// <summary>Alpaca's market-data REST. Safe for concurrent use; make one and keep it.</summary>
/// <remarks>Symbols of one call are of one asset class: the paths differ. Throws <see cref="AlpacaException"/>; nothing is retried.</remarks>
public sealed class AlpacaDataClient : IDisposable
{
    private readonly AlpacaConnection _connection;
    private readonly string _stockFeed;
    private readonly string _cryptoPath;

    /// <summary>A client with the keys of <paramref name="options"/>.</summary>
    public AlpacaDataClient(AlpacaOptions options, TimeProvider clock)
    {
        _connection = new AlpacaConnection(options.DataUrl, "data", options, clock);
        _stockFeed = options.StockFeed;
        _cryptoPath = $"v1beta3/crypto/{options.CryptoLocation}";
    }

    /// <summary>Bars, page after page as they are read: ordered by symbol, then time.</summary>
    public async IAsyncEnumerable<(string Symbol, IReadOnlyList<AlpacaBar> Bars)> ListBarsAsync(
        AssetClass assetClass, AlpacaBarQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? pageToken = null;
        do
        {
            var page = await _connection.GetAsync(
                PathOf(assetClass, "v2/stocks/bars", "bars", query.Symbols)
                    .With("timeframe", query.Timeframe)
                    .With("start", query.Start)
                    .With("end", query.End)
                    .With("limit", query.Limit)
                    .With("sort", query.Descending ? "desc" : null)
                    .With("page_token", pageToken)
                    .ToString(),
                AlpacaJson.Default.BarsPage,
                cancellationToken);

            foreach (var (symbol, bars) in page.Bars ?? [])
            {
                if (bars is { Count: > 0 })
                {
                    yield return (symbol, bars);
                }
            }

            // A token that comes back unchanged would make us ask the same page for ever.
            pageToken = string.Equals(page.NextPageToken, pageToken, StringComparison.Ordinal) ? null : page.NextPageToken;
        }
        while (!string.IsNullOrEmpty(pageToken));
    }

    /// <summary>The last closed bar of each symbol; unknown symbols are absent.</summary>
    public async Task<IReadOnlyDictionary<string, AlpacaBar>> GetLatestBarsAsync(
        AssetClass assetClass, IReadOnlyList<string> symbols, CancellationToken cancellationToken) =>
        (await _connection.GetAsync(
            PathOf(assetClass, "v2/stocks/bars/latest", "latest/bars", symbols).ToString(), AlpacaJson.Default.LatestBars, cancellationToken))
        .Bars ?? [];

    /// <summary>The last trade of each symbol; unknown symbols are absent.</summary>
    public async Task<IReadOnlyDictionary<string, AlpacaTrade>> GetLatestTradesAsync(
        AssetClass assetClass, IReadOnlyList<string> symbols, CancellationToken cancellationToken) =>
        (await _connection.GetAsync(
            PathOf(assetClass, "v2/stocks/trades/latest", "latest/trades", symbols).ToString(), AlpacaJson.Default.LatestTrades, cancellationToken))
        .Trades ?? [];

    /// <summary>The last quote of each symbol; unknown symbols are absent.</summary>
    public async Task<IReadOnlyDictionary<string, AlpacaQuote>> GetLatestQuotesAsync(
        AssetClass assetClass, IReadOnlyList<string> symbols, CancellationToken cancellationToken) =>
        (await _connection.GetAsync(
            PathOf(assetClass, "v2/stocks/quotes/latest", "latest/quotes", symbols).ToString(), AlpacaJson.Default.LatestQuotes, cancellationToken))
        .Quotes ?? [];

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private Query PathOf(AssetClass assetClass, string stocks, string crypto, IReadOnlyList<string> symbols) =>
        assetClass == AssetClass.Crypto
            ? new Query($"{_cryptoPath}/{crypto}").With("symbols", symbols)
            // Without a feed the venue takes sip, which the free plan refuses for the last 15 minutes.
            : new Query(stocks).With("symbols", symbols).With("feed", _stockFeed);
}
