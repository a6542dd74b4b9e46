using System.Runtime.CompilerServices;
using StratForge.Alpaca;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Broker;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Tests;

/// <summary>A venue that lists a few instruments, takes every order and never fills one.</summary>
internal sealed class QuietBroker : IBroker
{
    public int AvailableOrders => int.MaxValue;

    public Task<AlpacaOrder> SubmitAsync(BrokerOrderFacts order, CancellationToken cancellationToken) => Task.FromResult(new AlpacaOrder
    {
        Id = order.Id,
        ClientOrderId = order.Id.ToString(),
        Symbol = order.Symbol,
        Type = order.Type,
        Side = order.Side == Side.Buy ? AlpacaSide.Buy : AlpacaSide.Sell,
        TimeInForce = order.TimeInForce,
        Qty = order.Quantity,
        LimitPrice = order.LimitPrice,
        Status = "new",
    });

    public Task<AlpacaOrder?> FindAsync(Guid id, CancellationToken cancellationToken) => Task.FromResult<AlpacaOrder?>(null);

    public Task CancelAsync(Guid venueOrderId, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IReadOnlyList<AlpacaOrder>> ListOpenAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<AlpacaOrder>>([]);

    public async IAsyncEnumerable<AlpacaActivity> ListFillsAsync(
        Guid venueOrderId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield break;
    }

    public async IAsyncEnumerable<AlpacaOrderMessage> ReadUpdatesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new AlpacaOrderMessage.Listening(1);
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    public Task<AlpacaClock> GetClockAsync(CancellationToken cancellationToken) => Task.FromResult(new AlpacaClock(
        DateTimeOffset.UnixEpoch.AddYears(54), true, DateTimeOffset.UnixEpoch.AddYears(54).AddDays(1), DateTimeOffset.UnixEpoch.AddYears(54).AddHours(6)));

    public Task<AlpacaAccount> GetAccountAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new AlpacaAccount { Id = Guid.AllBitsSet, Status = "ACTIVE", Cash = 0 });

    public Task<IReadOnlyList<AlpacaPosition>> ListPositionsAsync(CancellationToken cancellationToken) =>
        throw new AlpacaException("This venue shows no positions.", new HttpRequestException());

    public Task<IReadOnlyList<AlpacaAsset>> ListAssetsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<AlpacaAsset>>(
        [
            Listed("SPY", "us_equity"),
            Listed("AAPL", "us_equity"),
            Listed("MSFT", "us_equity"),
            Listed("BTC/USD", "crypto"),
            Listed("GONE", "us_equity") with { Tradable = false },
        ]);

    /// <summary>Knows IBM, which nobody streams.</summary>
    public Task<AlpacaQuote?> FindQuoteAsync(string symbol, CancellationToken cancellationToken) =>
        Task.FromResult(symbol == "IBM"
            ? new AlpacaQuote(DateTimeOffset.UnixEpoch.AddYears(54), 199, 1, 201, 1)
            : null);

    private static AlpacaAsset Listed(string symbol, string assetClass) => new()
    {
        Id = Guid.AllBitsSet,
        Class = assetClass,
        Symbol = symbol,
        Status = "active",
        Tradable = true,
        Fractionable = true,
    };
}

/// <summary>A venue that books nothing by itself.</summary>
internal sealed class QuietHistory : IAccountHistory
{
    public Task<DateOnly> GetDateAsync(CancellationToken cancellationToken) => Task.FromResult(new DateOnly(2024, 1, 2));

    public IAsyncEnumerable<AlpacaActivity> ListBookingsAsync(DateOnly from, CancellationToken cancellationToken) => AsyncEnumerable.Empty<AlpacaActivity>();
}
