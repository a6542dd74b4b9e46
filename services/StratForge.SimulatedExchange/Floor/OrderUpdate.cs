using StratForge.SimulatedExchange.Orders;

namespace StratForge.SimulatedExchange.Floor;

/// <summary>Something that happened to an order, as the order stream tells it.</summary>
/// <param name="Event">Alpaca's name: <c>new</c>, <c>fill</c>.</param>
/// <param name="Order">The order after it.</param>
/// <param name="At">Market time.</param>
/// <param name="ExecutionId">Identity of the event; null for <c>pending_new</c>.</param>
/// <param name="Execution">The execution, for fills.</param>
/// <param name="PositionQuantity">Signed position after a fill.</param>
/// <param name="Legs">The legs of a parent after it.</param>
internal sealed record OrderUpdate(
    string Event,
    Order Order,
    DateTimeOffset At,
    Guid? ExecutionId,
    Execution? Execution = null,
    decimal? PositionQuantity = null,
    IReadOnlyList<Order>? Legs = null);

/// <summary>Where order updates go once they are journaled.</summary>
internal interface IOrderAudience
{
    void Tell(IReadOnlyList<OrderUpdate> updates);
}
