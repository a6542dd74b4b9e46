namespace StratForge.Trading.Ledger;

/// <summary>What an order does to its position. No order does both: one that would cross zero is two.</summary>
public enum PositionEffect
{
    /// <summary>Begins or enlarges it: a purchase to hold, a short sale.</summary>
    Open,

    /// <summary>Reduces it: a sale of what is held, a purchase of what is owed.</summary>
    Close,
}
