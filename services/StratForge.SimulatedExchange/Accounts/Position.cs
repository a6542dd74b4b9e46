using StratForge.SimulatedExchange.Orders;

namespace StratForge.SimulatedExchange.Accounts;

/// <summary>Units of one symbol in the account.</summary>
/// <param name="Symbol">As orders spell it.</param>
/// <param name="Quantity">Negative when short; never zero.</param>
/// <param name="AveragePrice">Weighted average of what opened it, dollars per unit.</param>
/// <param name="OpenedAt">When it left zero.</param>
internal sealed record Position(string Symbol, decimal Quantity, decimal AveragePrice, DateTimeOffset OpenedAt)
{
    /// <summary>The position after an execution moved it; null when nothing is left.</summary>
    /// <param name="before">What was held, or null.</param>
    /// <param name="execution">The execution. Its price is the cost of units that open.</param>
    public static Position? After(Position? before, Execution execution)
    {
        var held = before?.Quantity ?? 0m;
        var now = held + execution.Units;
        if (now == 0m)
        {
            return null;
        }

        if (before is null || Math.Sign(now) != Math.Sign(held))
        {
            return new Position(execution.Symbol, now, execution.Price, execution.At);
        }

        var adds = Math.Sign(execution.Units) == Math.Sign(held);
        var average = adds ? ((held * before.AveragePrice) + (execution.Units * execution.Price)) / now : before.AveragePrice;
        return before with { Quantity = now, AveragePrice = decimal.Round(average, 16) };
    }
}
