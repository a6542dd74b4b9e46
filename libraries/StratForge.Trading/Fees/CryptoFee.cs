namespace StratForge.Trading.Fees;

/// <summary>What a crypto execution costs: 25 basis points of the asset received, tier 1 of the venue's schedule.</summary>
/// <remarks>The exchange charges by these functions and the gateway books by them, per execution, so both round alike.</remarks>
public static class CryptoFee
{
    /// <summary>The fee as a fraction of the asset received.</summary>
    public const decimal Rate = 0.0025m;

    private const decimal UnitsPerNano = 1_000_000_000m;

    /// <summary>The fee of a buy, in units of the base asset: what was bought arrives less by it.</summary>
    /// <param name="quantity">Units bought by one execution. Greater than zero.</param>
    /// <returns>Units, rounded up at nine decimals; never more than <paramref name="quantity"/>.</returns>
    public static decimal OfBuy(decimal quantity) =>
        decimal.Min(quantity, decimal.Ceiling(quantity * Rate * UnitsPerNano) / UnitsPerNano);

    /// <summary>The fee of a sale, in US dollars: the proceeds arrive less by it.</summary>
    /// <param name="proceeds">Cash of one execution before the fee, in whole cents. Not negative.</param>
    /// <returns>Dollars, rounded up to the cent; never more than <paramref name="proceeds"/>.</returns>
    public static decimal OfSale(decimal proceeds) =>
        decimal.Min(proceeds, decimal.Ceiling(proceeds * Rate * 100m) / 100m);
}
