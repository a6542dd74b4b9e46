namespace StratForge.Alpaca;

/// <summary>One page of bars. A symbol whose bars cross a page boundary appears on both pages.</summary>
internal sealed record BarsPage(Dictionary<string, List<AlpacaBar>>? Bars, string? NextPageToken);

internal sealed record LatestBars(Dictionary<string, AlpacaBar>? Bars);

internal sealed record LatestTrades(Dictionary<string, AlpacaTrade>? Trades);

internal sealed record LatestQuotes(Dictionary<string, AlpacaQuote>? Quotes);

/// <summary>Which bars to read.</summary>
/// <param name="Symbols">Symbols of one asset class.</param>
/// <param name="Start">First bar start, included.</param>
/// <param name="End">Last bar start, included; null reads to the venue's present.</param>
/// <param name="Timeframe"><c>1Min</c>, <c>1Hour</c>, <c>1Day</c>.</param>
/// <param name="Limit">Bars per request over all symbols, 1 to 10,000.</param>
/// <param name="Descending">Newest first.</param>
public sealed record AlpacaBarQuery(
    IReadOnlyList<string> Symbols,
    DateTimeOffset Start,
    DateTimeOffset? End = null,
    string Timeframe = "1Min",
    int Limit = 10_000,
    bool Descending = false);
