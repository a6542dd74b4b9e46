using System.Text.Json.Serialization;
using StratForge.Contracts.Orders;

namespace StratForge.SimulatedExchange.Orders;

/// <summary>One execution of an order.</summary>
/// <param name="Id">Never twice the same.</param>
/// <param name="OrderId">The order that traded.</param>
/// <param name="Symbol">As the order spells it.</param>
/// <param name="Side">Direction.</param>
/// <param name="Quantity">Units of this execution, before any fee.</param>
/// <param name="Price">Dollars per unit.</param>
/// <param name="Cash">What the account's cash moved by, fee included: negative for a buy. Whole cents.</param>
/// <param name="Units">What the position moved by, fee included: negative for a sale.</param>
/// <param name="FilledQuantity">Units of the order filled so far, this execution included.</param>
/// <param name="LeavesQuantity">Units still open after it.</param>
/// <param name="At">Market time.</param>
internal sealed record Execution(
    Guid Id,
    Guid OrderId,
    string Symbol,
    Side Side,
    decimal Quantity,
    decimal Price,
    decimal Cash,
    decimal Units,
    decimal FilledQuantity,
    decimal LeavesQuantity,
    DateTimeOffset At)
{
    [JsonIgnore]
    public bool CompletesOrder => LeavesQuantity == 0m;
}
