namespace StratForge.Gateway.Risk;

/// <summary>What an account holds at this moment.</summary>
/// <param name="Cash">All of its money, USD: free, reserved and held as margin.</param>
/// <param name="Held">Its open positions.</param>
internal sealed record AccountWorth(decimal Cash, IReadOnlyList<HeldUnits> Held);

/// <summary>Units of a symbol.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Quantity">Units; below zero when they are owed.</param>
/// <param name="AveragePrice">What a unit cost, USD: its value where nobody knows a price.</param>
internal readonly record struct HeldUnits(string Symbol, decimal Quantity, decimal AveragePrice);

/// <summary>Knows without waiting what accounts hold.</summary>
internal interface IAccountWorths
{
    /// <summary>What an account holds; null when that is not known here.</summary>
    AccountWorth? Find(Guid userId);
}
