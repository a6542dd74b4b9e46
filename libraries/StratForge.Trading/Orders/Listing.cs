namespace StratForge.Trading.Orders;

/// <summary>What the venue says about an instrument.</summary>
/// <param name="Tradable">Whether it takes orders at all.</param>
/// <param name="Fractionable">Whether parts of a unit can be traded.</param>
/// <param name="MinOrderSize">Smallest order, units; null when it names none.</param>
/// <param name="QuantityStep">Step of quantities; null when it names none.</param>
/// <param name="PriceStep">Step of limit prices; null when it names none.</param>
public sealed record Listing(
    bool Tradable, bool Fractionable, decimal? MinOrderSize = null, decimal? QuantityStep = null, decimal? PriceStep = null);
