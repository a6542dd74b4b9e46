using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using StratForge.Contracts.Market;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Market;

/// <summary>Bars, quotes and symbols, the same for everyone who is signed in.</summary>
internal static class MarketEndpoints
{
    public static void MapMarket(this IEndpointRouteBuilder routes)
    {
        var market = routes.MapGroup("/api/market-data").WithTags("Market").RequireAuthorization();
        market.MapGet("/symbols", ListSymbols);
        market.MapGet("/candles", Candles).Produces<CandlesResponse>();
        market.MapGet("/coverage", Coverage);
        market.MapGet("/indicators", Indicator);
        market.MapGet("/indicators/kinds", ListIndicators);
        market.MapGet("/quotes/latest", LatestQuotes);
        market.MapMarketJobs();
    }

    private static async Task<Ok<SymbolList>> ListSymbols(
        [AsParameters] SymbolsQuery query, CandleStore candles, ListedAssets assets, LastPrices prices, TradingStatusStore statuses,
        CancellationToken cancellationToken)
    {
        // What there are bars of comes first: that is what people here trade.
        var stored = await candles.ListSymbolsAsync(cancellationToken);
        string[] symbols =
        [
            .. stored
                .Concat(assets.Symbols.Where(symbol => assets.Find(symbol) is { Tradable: true }).Except(stored, StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal))
                .Where(symbol => query.Search is null || symbol.StartsWith(query.Search, StringComparison.OrdinalIgnoreCase))
                .Take(query.Take),
        ];
        var last = await prices.FindAsync(symbols, cancellationToken);
        var said = await statuses.ReadAsync(symbols, cancellationToken);
        return TypedResults.Ok(new SymbolList(
            [.. symbols.Select(symbol => new SymbolView(
                symbol,
                Symbols.ClassOf(symbol),
                last.GetValueOrDefault(symbol)?.Price,
                last.GetValueOrDefault(symbol)?.At,
                said.GetValueOrDefault(symbol) is { } status ? new StatusView(status.State, status.Reason, status.ReasonCode, status.Timestamp) : null))]));
    }

    private static async Task<IResult> Candles(
        [AsParameters] CandlesQuery query, CandleStore candles, HttpRequest request, CancellationToken cancellationToken) =>
        CsvFile.IsWantedBy(request)
            ? new CsvFile<Candle>(
                $"{query.Symbol!.Replace('/', '-')}-{query.TimeframeOrDefault}", ColumnsOf(query.Symbol!), candles.StreamAsync(query, cancellationToken))
            : TypedResults.Ok(await candles.ReadAsync(query, cancellationToken));

    // The columns that an import reads, and a replay of the simulated exchange.
    private static (string Heading, Func<Candle, object?> Value)[] ColumnsOf(string symbol) =>
    [
        ("symbol", _ => symbol),
        ("timestamp", bar => DateTimeOffset.FromUnixTimeSeconds(bar.T)),
        ("open", bar => bar.O),
        ("high", bar => bar.H),
        ("low", bar => bar.L),
        ("close", bar => bar.C),
        ("volume", bar => bar.V),
    ];

    private static async Task<Results<Ok<CoverageResponse>, ProblemHttpResult>> Coverage(
        [AsParameters] CoverageQuery query, CoverageStore coverage, CancellationToken cancellationToken) =>
        await coverage.ReadAsync(query, cancellationToken) is { } answer
            ? TypedResults.Ok(answer)
            : Problems.Invalid("start", $"may lie up to {CoverageQuery.LongestRange.TotalDays:0} days before end, not after it; end is the newest minute if not given.");

    private static async Task<Results<Ok<IndicatorResponse>, ProblemHttpResult>> Indicator(
        [AsParameters] IndicatorQuery query, IndicatorDesk indicators, CancellationToken cancellationToken) =>
        await indicators.RunAsync(query, cancellationToken) switch
        {
            ({ } response, _) => TypedResults.Ok(response),
            (_, var fault) => Problems.Invalid("params", $"do not fit: {fault}."),
        };

    private static Ok<IndicatorKinds> ListIndicators() => TypedResults.Ok(new IndicatorKinds(
        [.. IndicatorCatalog.All.Select(kind => new IndicatorKindView(kind.Name, [.. kind.Parameters], [.. kind.Lines]))]));

    private static async Task<Ok<QuoteList>> LatestQuotes(
        [AsParameters] QuotesQuery query, LastPrices prices, CancellationToken cancellationToken)
    {
        var last = await prices.FindAsync(query.List, cancellationToken);
        return TypedResults.Ok(new QuoteList(
            [.. query.List.Where(last.ContainsKey).Select(symbol => last[symbol]).Select(
                price => new QuoteView(price.Symbol, price.Price, price.BidPrice, price.AskPrice, price.At))]));
    }
}

/// <summary>Which symbols.</summary>
internal sealed record SymbolsQuery : IValidated
{
    private const int Most = 1_000;

    [Description("Those that begin with this.")]
    public string? Search { get; init; }

    [Description("1 to 1,000 symbols; 200 if not given.")]
    public int? Limit { get; init; }

    public int Take => Limit ?? 200;

    public void Validate(FieldErrors errors)
    {
        if (Limit is < 1 or > Most)
        {
            errors.Add("limit", $"may be 1 to {Most}.");
        }
    }
}

/// <summary>Symbols that can be traded.</summary>
/// <param name="Items">Those of which the platform holds bars first, each part in order.</param>
public sealed record SymbolList(IReadOnlyList<SymbolView> Items);

/// <summary>One symbol.</summary>
/// <param name="Symbol">As the venue spells it.</param>
/// <param name="Type">Its asset class.</param>
/// <param name="LastPrice">The newest price known.</param>
/// <param name="At">The market's time of that price.</param>
/// <param name="Status">What its exchange last said about trading in it, while it is followed; null when it said nothing, which means that it trades.</param>
public sealed record SymbolView(string Symbol, AssetClass Type, decimal? LastPrice, DateTimeOffset? At, StatusView? Status);

/// <summary>Whether a stock trades.</summary>
/// <param name="State">trading, halted, paused (for some minutes, its price moved too fast) or quoting (quotes again, trades not yet).</param>
/// <param name="Reason">Why, in the venue's words; may be empty.</param>
/// <param name="ReasonCode">The tape's code of it; may be empty.</param>
/// <param name="Since">Since when, market time.</param>
public sealed record StatusView(TradingState State, string Reason, string ReasonCode, DateTimeOffset Since);

/// <summary>Newest prices of the symbols asked for; those never seen are missing.</summary>
/// <param name="Items">In the order asked for.</param>
public sealed record QuoteList(IReadOnlyList<QuoteView> Items);

/// <summary>The newest price of one symbol.</summary>
/// <param name="Symbol">As the venue spells it.</param>
/// <param name="Price">The middle of the quote, or the close of the last bar.</param>
/// <param name="BidPrice">Best bid, if a quote is known.</param>
/// <param name="AskPrice">Best offer, if a quote is known.</param>
/// <param name="At">The market's time of it.</param>
public sealed record QuoteView(string Symbol, decimal Price, decimal? BidPrice, decimal? AskPrice, DateTimeOffset At);

/// <summary>Which symbols' prices.</summary>
internal sealed record QuotesQuery : IValidated
{
    private const int Most = 100;

    [Description("Symbols, separated by commas; at most 100.")]
    public string? Symbols { get; init; }

    public string[] List =>
        Symbols?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct().ToArray() ?? [];

    public void Validate(FieldErrors errors)
    {
        if (List.Length is 0 or > Most || !List.All(Contracts.Market.Symbols.IsWellFormed))
        {
            errors.Add("symbols", $"takes 1 to {Most} symbols separated by commas, spelled AAPL or BTC/USD.");
        }
    }
}
