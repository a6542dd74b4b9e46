using StratForge.Alpaca;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Broker;

/// <summary>The shared account at Alpaca, or at the simulated exchange that speaks its protocol.</summary>
internal sealed class AlpacaBroker(AlpacaTradingClient trading, AlpacaDataClient data, AlpacaTradeUpdates updates) : IBroker
{
    // The venue's most per page; more open orders than this are looked up one by one.
    private const int OpenOrders = 500;

    public int AvailableOrders => trading.AvailableRequests;

    public Task<AlpacaOrder> SubmitAsync(BrokerOrderFacts order, CancellationToken cancellationToken) =>
        trading.SubmitOrderAsync(
            new AlpacaOrderRequest(
                order.Symbol, order.Side == Side.Buy ? "buy" : "sell", order.Type, order.TimeInForce, order.Id.ToString(), Qty: order.Quantity, LimitPrice: order.LimitPrice),
            cancellationToken);

    public Task<AlpacaOrder?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        trading.FindOrderByClientIdAsync(id.ToString(), cancellationToken);

    public Task CancelAsync(Guid venueOrderId, CancellationToken cancellationToken) =>
        trading.CancelOrderAsync(venueOrderId, cancellationToken);

    public Task<IReadOnlyList<AlpacaOrder>> ListOpenAsync(CancellationToken cancellationToken) =>
        trading.ListOrdersAsync(new AlpacaOrderQuery(Status: "open", Limit: OpenOrders), cancellationToken);

    public IAsyncEnumerable<AlpacaActivity> ListFillsAsync(Guid venueOrderId, CancellationToken cancellationToken) =>
        trading.ListActivitiesAsync(new AlpacaActivityQuery(["FILL"], venueOrderId), cancellationToken);

    public IAsyncEnumerable<AlpacaOrderMessage> ReadUpdatesAsync(CancellationToken cancellationToken) =>
        updates.ReadAllAsync(cancellationToken);

    public Task<AlpacaClock> GetClockAsync(CancellationToken cancellationToken) => trading.GetClockAsync(cancellationToken);

    public Task<AlpacaAccount> GetAccountAsync(CancellationToken cancellationToken) => trading.GetAccountAsync(cancellationToken);

    public Task<IReadOnlyList<AlpacaPosition>> ListPositionsAsync(CancellationToken cancellationToken) => trading.ListPositionsAsync(cancellationToken);

    public async Task<IReadOnlyList<AlpacaAsset>> ListAssetsAsync(CancellationToken cancellationToken) =>
    [
        .. await trading.ListAssetsAsync("us_equity", "active", cancellationToken),
        .. await trading.ListAssetsAsync("crypto", "active", cancellationToken),
    ];

    public async Task<AlpacaQuote?> FindQuoteAsync(string symbol, CancellationToken cancellationToken) =>
        (await data.GetLatestQuotesAsync(Symbols.ClassOf(symbol), [symbol], cancellationToken)).GetValueOrDefault(symbol);
}
