namespace StratForge.Gateway.Orders;

/// <summary>Something that was decided about the way of an order to the broker, other than plain sending.</summary>
/// <param name="Id">A later one has a higher number.</param>
/// <param name="At">When.</param>
/// <param name="Kind"><c>wait</c>, <c>cross</c>, <c>split</c> or <c>return</c>.</param>
/// <param name="Qty">Units, where that says something.</param>
/// <param name="Price">USD per unit, where that says something.</param>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record OrderDecision(long Id, DateTimeOffset At, string Kind, decimal? Qty, decimal? Price, string Reason);
