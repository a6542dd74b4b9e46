using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Portfolio;

/// <summary>Trades and signals as files: of the whole account, or of one session.</summary>
internal static class HistoryFiles
{
    /// <summary>Trades as a file.</summary>
    public static IResult Of(string name, IAsyncEnumerable<Trade> trades) => new CsvFile<Trade>(name, TradeColumns, trades);

    /// <summary>Signals as a file.</summary>
    public static IResult Of(string name, IAsyncEnumerable<Signal> signals) => new CsvFile<Signal>(name, SignalColumns, signals);

    private static (string Heading, Func<Trade, object?> Value)[] TradeColumns =>
    [
        ("executedAt", trade => trade.ExecutedAt),
        ("symbol", trade => trade.Symbol),
        ("action", trade => trade.Action == Contracts.Orders.Side.Buy ? "BUY" : "SELL"),
        ("quantity", trade => trade.Quantity),
        ("price", trade => trade.Price),
        ("fee", trade => trade.Fee),
        ("feeAsset", trade => trade.FeeAsset),
        ("cashAmount", trade => trade.CashAmount),
        ("realisedPnl", trade => trade.RealisedPnl),
        ("sessionId", trade => trade.SessionId),
        ("signalId", trade => trade.SignalId),
        ("orderId", trade => trade.OrderId),
        ("executionId", trade => trade.ExecutionId),
        ("id", trade => trade.Id),
    ];

    private static (string Heading, Func<Signal, object?> Value)[] SignalColumns =>
    [
        ("receivedAt", signal => signal.ReceivedAt),
        ("generatedAt", signal => signal.GeneratedAt),
        ("processedAt", signal => signal.ProcessedAt),
        ("symbol", signal => signal.Symbol),
        ("action", signal => signal.Action == Contracts.Orders.Side.Buy ? "BUY" : "SELL"),
        ("quantity", signal => signal.Quantity),
        ("confidence", signal => signal.Confidence),
        ("orderType", signal => signal.OrderType),
        ("limitPrice", signal => signal.LimitPrice),
        ("status", signal => signal.Status),
        ("code", signal => signal.Code),
        ("detail", signal => signal.Detail),
        ("metadata", signal => signal.Metadata?.GetRawText()),
        ("sessionId", signal => signal.SessionId),
        ("strategyId", signal => signal.StrategyId),
        ("orderId", signal => signal.OrderId),
        ("id", signal => signal.Id),
        ("hypotheticalPrice", signal => signal.Hypothetical?.Price),
        ("hypotheticalPnl", signal => signal.Hypothetical?.RealisedPnl),
    ];
}
