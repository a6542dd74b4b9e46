using System.Runtime.CompilerServices;
using StratForge.Alpaca.Http;
using StratForge.Alpaca.Json;

namespace StratForge.Alpaca;

/// <summary>Alpaca's trading REST: one account, its orders, positions and history. Safe for concurrent use; make one and keep it.</summary>
/// <remarks>Nothing is retried in here. Every method throws <see cref="AlpacaException"/> when the venue refuses or does not answer;
/// <see cref="AlpacaException.OutcomeIsUnknown"/> then says whether a POST may have landed nevertheless. Requests wait for the budget of
/// <see cref="AlpacaOptions.RequestsPerMinute"/>; cancels go first.</remarks>
public sealed class AlpacaTradingClient : IDisposable
{
    private readonly AlpacaConnection _connection;

    /// <summary>A client for the account of <paramref name="options"/>.</summary>
    public AlpacaTradingClient(AlpacaOptions options, TimeProvider clock) =>
        _connection = new AlpacaConnection(options.TradingUrl, "trading", options, clock);

    /// <summary>Requests that can be sent now without waiting for the budget, those kept for cancels aside; <see cref="int.MaxValue"/> without a budget.</summary>
    public int AvailableRequests => _connection.Budget.Available;

    /// <summary>Balances and flags.</summary>
    public Task<AlpacaAccount> GetAccountAsync(CancellationToken cancellationToken) =>
        _connection.GetAsync("v2/account", AlpacaJson.Default.AlpacaAccount, cancellationToken);

    /// <summary>The venue's time and regular session.</summary>
    public Task<AlpacaClock> GetClockAsync(CancellationToken cancellationToken) =>
        _connection.GetAsync("v2/clock", AlpacaJson.Default.AlpacaClock, cancellationToken);

    /// <summary>Trading days from <paramref name="start"/> to <paramref name="end"/>, both included.</summary>
    public async Task<IReadOnlyList<AlpacaCalendarDay>> ListCalendarAsync(DateOnly start, DateOnly end, CancellationToken cancellationToken) =>
        await _connection.GetAsync(
            new Query("v2/calendar").With("start", start.ToString("yyyy-MM-dd")).With("end", end.ToString("yyyy-MM-dd")).ToString(),
            AlpacaJson.Default.ListAlpacaCalendarDay,
            cancellationToken);

    /// <summary>Instruments of one class: <c>us_equity</c> or <c>crypto</c>.</summary>
    public async Task<IReadOnlyList<AlpacaAsset>> ListAssetsAsync(string assetClass, string? status, CancellationToken cancellationToken) =>
        await _connection.GetAsync(
            new Query("v2/assets").With("asset_class", assetClass).With("status", status).ToString(),
            AlpacaJson.Default.ListAlpacaAsset,
            cancellationToken);

    /// <summary>One instrument, or null when the venue does not know the symbol.</summary>
    public Task<AlpacaAsset?> FindAssetAsync(string symbol, CancellationToken cancellationToken) =>
        _connection.GetAsync($"v2/assets/{Uri.EscapeDataString(symbol)}", AlpacaJson.Default.AlpacaAsset, nullWhenMissing: true, cancellationToken);

    /// <summary>Sends a new order, once. After <see cref="AlpacaException.OutcomeIsUnknown"/> look it up with
    /// <see cref="FindOrderByClientIdAsync"/>; when that finds nothing the same order may be sent again.</summary>
    public Task<AlpacaOrder> SubmitOrderAsync(AlpacaOrderRequest order, CancellationToken cancellationToken) =>
        _connection.SendAsync(
            HttpMethod.Post, "v2/orders", order, AlpacaJson.Default.AlpacaOrderRequest, AlpacaJson.Default.AlpacaOrder, cancellationToken);

    /// <summary>One order by the venue's id, or null.</summary>
    public Task<AlpacaOrder?> FindOrderAsync(Guid id, CancellationToken cancellationToken) =>
        _connection.GetAsync($"v2/orders/{id}", AlpacaJson.Default.AlpacaOrder, nullWhenMissing: true, cancellationToken);

    /// <summary>One order by the id its sender chose, or null.</summary>
    public Task<AlpacaOrder?> FindOrderByClientIdAsync(string clientOrderId, CancellationToken cancellationToken) =>
        _connection.GetAsync(
            new Query("v2/orders:by_client_order_id").With("client_order_id", clientOrderId).ToString(),
            AlpacaJson.Default.AlpacaOrder,
            nullWhenMissing: true,
            cancellationToken);

    /// <summary>One page of orders.</summary>
    public async Task<IReadOnlyList<AlpacaOrder>> ListOrdersAsync(AlpacaOrderQuery query, CancellationToken cancellationToken) =>
        await _connection.GetAsync(
            new Query("v2/orders")
                .With("status", query.Status)
                .With("limit", query.Limit)
                .With("after", query.After)
                .With("until", query.Until)
                .With("direction", query.Ascending ? "asc" : "desc")
                .With("symbols", query.Symbols)
                .With("side", query.Side)
                .With("nested", query.Nested is { } nested ? nested ? "true" : "false" : null)
                .ToString(),
            AlpacaJson.Default.ListAlpacaOrder,
            cancellationToken);

    /// <summary>Asks for the cancel of one order. The order is over only when its stream event or a look says so.</summary>
    /// <exception cref="AlpacaException">404 for an unknown order, 422 when it is over already.</exception>
    public Task CancelOrderAsync(Guid id, CancellationToken cancellationToken) =>
        _connection.SendAsync<AlpacaOrder>(HttpMethod.Delete, $"v2/orders/{id}", null, null, RequestUrgency.Urgent, cancellationToken);

    /// <summary>Asks for the cancel of every open order.</summary>
    public async Task<IReadOnlyList<AlpacaCancelOutcome>> CancelAllOrdersAsync(CancellationToken cancellationToken) =>
        await _connection.SendAsync(
            HttpMethod.Delete, "v2/orders", null, AlpacaJson.Default.ListAlpacaCancelOutcome, RequestUrgency.Urgent, cancellationToken);

    /// <summary>Asks for a replacement. The answer is the new order, with an id of its own; the outcome comes as a stream event.</summary>
    public Task<AlpacaOrder> ReplaceOrderAsync(Guid id, AlpacaOrderChange change, CancellationToken cancellationToken) =>
        _connection.SendAsync(
            HttpMethod.Patch, $"v2/orders/{id}", change, AlpacaJson.Default.AlpacaOrderChange, AlpacaJson.Default.AlpacaOrder, cancellationToken);

    /// <summary>All positions; none when flat.</summary>
    public async Task<IReadOnlyList<AlpacaPosition>> ListPositionsAsync(CancellationToken cancellationToken) =>
        await _connection.GetAsync("v2/positions", AlpacaJson.Default.ListAlpacaPosition, cancellationToken);

    /// <summary>The position in one symbol, or null when flat.</summary>
    public Task<AlpacaPosition?> FindPositionAsync(string symbol, CancellationToken cancellationToken) =>
        _connection.GetAsync(
            $"v2/positions/{Uri.EscapeDataString(symbol)}", AlpacaJson.Default.AlpacaPosition, nullWhenMissing: true, cancellationToken);

    /// <summary>The account's history, page after page as it is read.</summary>
    public async IAsyncEnumerable<AlpacaActivity> ListActivitiesAsync(
        AlpacaActivityQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? lastId = null;
        while (true)
        {
            var page = await _connection.GetAsync(
                new Query("v2/account/activities")
                    .With("activity_types", query.ActivityTypes)
                    .With("order_id", query.OrderId?.ToString())
                    .With("after", query.After)
                    .With("until", query.Until)
                    .With("direction", query.Ascending ? "asc" : "desc")
                    .With("page_size", query.PageSize)
                    .With("page_token", lastId)
                    .ToString(),
                AlpacaJson.Default.ListAlpacaActivity,
                cancellationToken);

            foreach (var activity in page)
            {
                yield return activity;
            }

            // A short page is the last; a full one that ends where the last one did would never end.
            if (page.Count < query.PageSize || string.Equals(page[^1].Id, lastId, StringComparison.Ordinal))
            {
                yield break;
            }

            lastId = page[^1].Id;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();
}
