namespace StratForge.Alpaca;

/// <summary>A new order: body of <c>POST /v2/orders</c>.</summary>
/// <param name="Symbol"><c>AAPL</c>, <c>BTC/USD</c>.</param>
/// <param name="Side"><see cref="AlpacaSide"/>.</param>
/// <param name="Type"><see cref="AlpacaOrderType"/>.</param>
/// <param name="TimeInForce"><c>day</c>, <c>gtc</c>, <c>ioc</c>, <c>fok</c>. Crypto takes <c>gtc</c> and <c>ioc</c> only.</param>
/// <param name="ClientOrderId">At most 128 characters, never used before in this account. It makes a retry safe: the venue refuses
/// the second order of an id.</param>
/// <param name="Qty">Units, at most 9 decimals. Exactly one of this and <paramref name="Notional"/>.</param>
/// <param name="Notional">Value in USD instead of units.</param>
/// <param name="LimitPrice">For limit orders.</param>
/// <param name="StopPrice">For stop orders.</param>
/// <param name="TrailPrice">For trailing stops, as a price.</param>
/// <param name="TrailPercent">For trailing stops, in percent.</param>
/// <param name="ExtendedHours">Also outside the regular session; limit orders only.</param>
public sealed record AlpacaOrderRequest(
    string Symbol,
    string Side,
    string Type,
    string TimeInForce,
    string ClientOrderId,
    decimal? Qty = null,
    decimal? Notional = null,
    decimal? LimitPrice = null,
    decimal? StopPrice = null,
    decimal? TrailPrice = null,
    decimal? TrailPercent = null,
    bool? ExtendedHours = null);

/// <summary>What to change about an open order: body of <c>PATCH /v2/orders/{id}</c>. Null leaves a value as it is.</summary>
/// <param name="Qty">New number of units.</param>
/// <param name="TimeInForce">New time in force.</param>
/// <param name="LimitPrice">New limit.</param>
/// <param name="StopPrice">New stop.</param>
/// <param name="Trail">New distance of a trailing stop.</param>
/// <param name="ClientOrderId">Id of the order that takes the old one's place.</param>
public sealed record AlpacaOrderChange(
    decimal? Qty = null,
    string? TimeInForce = null,
    decimal? LimitPrice = null,
    decimal? StopPrice = null,
    decimal? Trail = null,
    string? ClientOrderId = null);

/// <summary>What became of one order when all were canceled.</summary>
/// <param name="Id">The order.</param>
/// <param name="Status">HTTP status of that cancel: 200 when it was taken.</param>
public sealed record AlpacaCancelOutcome(Guid Id, int Status);

/// <summary>Which orders to list: query of <c>GET /v2/orders</c>. Null leaves a filter out.</summary>
/// <param name="Status"><c>open</c> (default), <c>closed</c> or <c>all</c>.</param>
/// <param name="Limit">1 to 500 rows.</param>
/// <param name="After">Submitted strictly later.</param>
/// <param name="Until">Submitted strictly earlier.</param>
/// <param name="Ascending">Oldest first; otherwise newest first.</param>
/// <param name="Symbols">Only these.</param>
/// <param name="Side">Only this side.</param>
/// <param name="Nested">Legs below their parent instead of in rows of their own.</param>
public sealed record AlpacaOrderQuery(
    string? Status = null,
    int Limit = 500,
    DateTimeOffset? After = null,
    DateTimeOffset? Until = null,
    bool Ascending = false,
    IReadOnlyList<string>? Symbols = null,
    string? Side = null,
    bool? Nested = null);
