using StratForge.Alpaca;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Tests.Orders;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Tests.Risk;

/// <summary>The venue that fills, with the list of instruments of the quiet one: what a whole gateway needs to trade.</summary>
internal sealed class ListingVenue(PaperVenue venue) : IBroker
{
    private readonly QuietBroker _lists = new();

    public int AvailableOrders => venue.AvailableOrders;

    public Task<AlpacaClock> GetClockAsync(CancellationToken cancellationToken) => venue.GetClockAsync(cancellationToken);

    public Task<AlpacaAccount> GetAccountAsync(CancellationToken cancellationToken) => ((IBroker)venue).GetAccountAsync(cancellationToken);

    public Task<IReadOnlyList<AlpacaPosition>> ListPositionsAsync(CancellationToken cancellationToken) => ((IBroker)venue).ListPositionsAsync(cancellationToken);

    public Task<AlpacaOrder> SubmitAsync(BrokerOrderFacts order, CancellationToken cancellationToken) => venue.SubmitAsync(order, cancellationToken);

    public Task<AlpacaOrder?> FindAsync(Guid id, CancellationToken cancellationToken) => venue.FindAsync(id, cancellationToken);

    public Task CancelAsync(Guid venueOrderId, CancellationToken cancellationToken) => venue.CancelAsync(venueOrderId, cancellationToken);

    public Task<IReadOnlyList<AlpacaOrder>> ListOpenAsync(CancellationToken cancellationToken) => venue.ListOpenAsync(cancellationToken);

    public IAsyncEnumerable<AlpacaActivity> ListFillsAsync(Guid venueOrderId, CancellationToken cancellationToken) =>
        venue.ListFillsAsync(venueOrderId, cancellationToken);

    public IAsyncEnumerable<AlpacaOrderMessage> ReadUpdatesAsync(CancellationToken cancellationToken) => venue.ReadUpdatesAsync(cancellationToken);

    public Task<IReadOnlyList<AlpacaAsset>> ListAssetsAsync(CancellationToken cancellationToken) => _lists.ListAssetsAsync(cancellationToken);

    public Task<AlpacaQuote?> FindQuoteAsync(string symbol, CancellationToken cancellationToken) => venue.FindQuoteAsync(symbol, cancellationToken);
}
