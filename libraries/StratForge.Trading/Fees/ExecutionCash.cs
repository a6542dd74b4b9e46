namespace StratForge.Trading.Fees;

/// <summary>The cash one execution moves.</summary>
public static class ExecutionCash
{
    /// <summary>Price times quantity in whole cents, half a cent away from zero. Before any fee.</summary>
    /// <param name="quantity">Units of this execution. Greater than zero.</param>
    /// <param name="price">Dollars per unit. Greater than zero.</param>
    public static decimal Of(decimal quantity, decimal price) =>
        decimal.Round(quantity * price, 2, MidpointRounding.AwayFromZero);
}
