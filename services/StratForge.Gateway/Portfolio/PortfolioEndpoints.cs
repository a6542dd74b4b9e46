using StratForge.Gateway.Hosting;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Portfolio;

/// <summary>What the user owns, and how it came to that. Every list is a file too: <c>?format=csv</c>.</summary>
internal static class PortfolioEndpoints
{
    public static void MapPortfolio(this IEndpointRouteBuilder routes)
    {
        var portfolio = routes.MapGroup("/api").WithTags("Portfolio").RequireAuthorization();
        portfolio.MapGet("/portfolio", Show).Produces<PortfolioResponse>();
        portfolio.MapGet("/positions", Positions).Produces<PositionList>();
        portfolio.MapGet("/trades", Trades).Produces<Page<Trade>>();
        portfolio.MapGet("/signals", Signals).Produces<Page<Signal>>();
        portfolio.MapGet("/ledger", Ledger).Produces<Page<LedgerEntry>>();
        portfolio.MapGet("/statements", Statement).Produces<AccountStatement>();

        routes.MapResets();
        routes.MapBrokerViews();
    }

    private static async Task<IResult> Show(
        [AsParameters] EquityQuery query, Caller caller, PortfolioDesk desk, HttpRequest request, CancellationToken cancellationToken)
    {
        var portfolio = await desk.ShowAsync(caller.UserId, query, cancellationToken);
        return CsvFile.IsWantedBy(request)
            ? new CsvFile<EquitySample>("equity", EquityColumns, portfolio.EquityHistory.ToAsyncEnumerable())
            : TypedResults.Ok(portfolio);
    }

    private static async Task<IResult> Positions(
        Caller caller, PortfolioDesk desk, HttpRequest request, CancellationToken cancellationToken)
    {
        var (_, positions) = await desk.ValueAsync(caller.UserId, cancellationToken);
        return CsvFile.IsWantedBy(request)
            ? new CsvFile<Position>("positions", PositionColumns, positions.ToAsyncEnumerable())
            : TypedResults.Ok(new PositionList(positions));
    }

    private static async Task<IResult> Trades(
        [AsParameters] HistoryFilter filter, [AsParameters] PageQuery page, Caller caller, TradeStore trades, HttpRequest request,
        CancellationToken cancellationToken) =>
        CsvFile.IsWantedBy(request)
            ? HistoryFiles.Of("trades", trades.ReadAllAsync(caller.UserId, filter, cancellationToken))
            : TypedResults.Ok(await trades.ListAsync(caller.UserId, filter, page, cancellationToken));

    private static async Task<IResult> Signals(
        [AsParameters] SignalFilter filter, [AsParameters] PageQuery page, Caller caller, SignalStore signals, HttpRequest request,
        CancellationToken cancellationToken) =>
        CsvFile.IsWantedBy(request)
            ? HistoryFiles.Of("signals", signals.ReadAllAsync(caller.UserId, filter, cancellationToken))
            : TypedResults.Ok(await signals.ListAsync(caller.UserId, filter, page, cancellationToken));

    private static async Task<IResult> Ledger(
        [AsParameters] LedgerFilter filter, [AsParameters] NumberedPageQuery page, Caller caller, LedgerStore ledger, HttpRequest request,
        CancellationToken cancellationToken) =>
        CsvFile.IsWantedBy(request)
            ? new CsvFile<LedgerEntry>("ledger", LedgerColumns, ledger.ReadAllAsync(caller.UserId, filter, cancellationToken))
            : TypedResults.Ok(await ledger.ListAsync(caller.UserId, filter, page, cancellationToken));

    private static async Task<IResult> Statement(
        [AsParameters] StatementQuery query, Caller caller, StatementStore statements, HttpRequest request, CancellationToken cancellationToken)
    {
        var statement = await statements.ReadAsync(caller.UserId, query, cancellationToken);
        return CsvFile.IsWantedBy(request) ? StatementFile.Of(statement) : TypedResults.Ok(statement);
    }

    private static (string Heading, Func<EquitySample, object?> Value)[] EquityColumns =>
    [
        ("at", sample => sample.At),
        ("equity", sample => sample.Equity),
    ];

    private static (string Heading, Func<Position, object?> Value)[] PositionColumns =>
    [
        ("symbol", position => position.Symbol),
        ("sessionId", position => position.SessionId),
        ("strategyName", position => position.StrategyName),
        ("quantity", position => position.Quantity),
        ("averagePrice", position => position.AveragePrice),
        ("lastPrice", position => position.LastPrice),
        ("marketValue", position => position.MarketValue),
        ("unrealisedPnl", position => position.UnrealisedPnl),
        ("realisedPnl", position => position.RealisedPnl),
        ("margin", position => position.Margin),
    ];

    private static (string Heading, Func<LedgerEntry, object?> Value)[] LedgerColumns =>
    [
        ("id", entry => entry.Id),
        ("bookedAt", entry => entry.BookedAt),
        ("from", entry => entry.From),
        ("to", entry => entry.To),
        ("asset", entry => entry.Asset),
        ("amount", entry => entry.Amount),
        ("reason", entry => entry.Reason),
        ("orderId", entry => entry.OrderId),
        ("executionId", entry => entry.ExecutionId),
    ];
}
