namespace StratForge.Gateway.Broker;

/// <summary>An order as it goes to the broker: one user's, or several users' like orders together.</summary>
/// <param name="Id">Its <c>client_order_id</c>.</param>
/// <param name="Symbol">As the venue spells it.</param>
/// <param name="Side"><c>buy</c> or <c>sell</c>.</param>
/// <param name="Type"><c>market</c> or <c>limit</c>.</param>
/// <param name="TimeInForce"><c>day</c>, <c>gtc</c>, <c>ioc</c> or <c>fok</c>.</param>
/// <param name="Quantity">Units.</param>
/// <param name="LimitPrice">For a limit order.</param>
/// <param name="Traceparent">Trace of the oldest order in it, when sampled.</param>
internal sealed record BrokerOrder(
    Guid Id, string Symbol, string Side, string Type, string TimeInForce, decimal Quantity, decimal? LimitPrice, string? Traceparent);
