namespace StratForge.Trading.Orders;

/// <summary>Why an order was refused.</summary>
/// <param name="Code">For programs: <c>BAD_QUANTITY</c>.</param>
/// <param name="Detail">The same with its figures, for a reader: begins with the code.</param>
public sealed record Refusal(string Code, string Detail);
