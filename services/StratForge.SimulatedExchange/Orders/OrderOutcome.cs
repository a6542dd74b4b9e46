namespace StratForge.SimulatedExchange.Orders;

/// <summary>The answer to a request about an order: the order, or why not.</summary>
internal abstract record OrderOutcome
{
    private OrderOutcome()
    {
    }

    /// <param name="Order">The order.</param>
    /// <param name="Legs">The legs that a parent was taken with.</param>
    public sealed record Done(Order Order, IReadOnlyList<Order>? Legs = null) : OrderOutcome;

    public sealed record Refused(Refusal Refusal) : OrderOutcome;
}
