using StratForge.Alpaca;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Broker;

/// <summary>The shared account at the venue, as far as orders need it. Calls throw <see cref="AlpacaException"/>.</summary>
internal interface IBroker
{
    /// <summary>Orders that can be sent now without waiting for the request budget.</summary>
    int AvailableOrders { get; }

    /// <summary>Sends a new order, once.</summary>
    Task<AlpacaOrder> SubmitAsync(BrokerOrderFacts order, CancellationToken cancellationToken);

    /// <summary>The order that we sent under this id, or null when it never arrived.</summary>
    Task<AlpacaOrder?> FindAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Asks for the cancel of an order by the venue's id.</summary>
    Task CancelAsync(Guid venueOrderId, CancellationToken cancellationToken);

    /// <summary>The account's open orders.</summary>
    Task<IReadOnlyList<AlpacaOrder>> ListOpenAsync(CancellationToken cancellationToken);

    /// <summary>Executions of one order by the venue's id, oldest first.</summary>
    IAsyncEnumerable<AlpacaActivity> ListFillsAsync(Guid venueOrderId, CancellationToken cancellationToken);

    /// <summary>What happens to the account's orders, as it happens; reconnects by itself.</summary>
    IAsyncEnumerable<AlpacaOrderMessage> ReadUpdatesAsync(CancellationToken cancellationToken);

    /// <summary>The market's clock: whether stocks trade now, and until or from when.</summary>
    Task<AlpacaClock> GetClockAsync(CancellationToken cancellationToken);

    /// <summary>The account's money.</summary>
    Task<AlpacaAccount> GetAccountAsync(CancellationToken cancellationToken);

    /// <summary>The account's positions.</summary>
    Task<IReadOnlyList<AlpacaPosition>> ListPositionsAsync(CancellationToken cancellationToken);

    /// <summary>Every active instrument.</summary>
    Task<IReadOnlyList<AlpacaAsset>> ListAssetsAsync(CancellationToken cancellationToken);

    /// <summary>The venue's newest quote; null when it has none.</summary>
    Task<AlpacaQuote?> FindQuoteAsync(string symbol, CancellationToken cancellationToken);
}
