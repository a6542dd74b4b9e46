namespace StratForge.Strategies;

/// <summary>What the session holds of its symbol.</summary>
/// <param name="Quantity">Units; below zero is short.</param>
/// <param name="AveragePrice">Average entry price per unit; zero when flat.</param>
public readonly record struct Position(double Quantity, double AveragePrice)
{
    /// <summary>Nothing is held.</summary>
    public bool IsFlat => Quantity == 0;

    /// <summary>More than nothing is held.</summary>
    public bool IsLong => Quantity > 0;

    /// <summary>Less than nothing is held.</summary>
    public bool IsShort => Quantity < 0;
}
