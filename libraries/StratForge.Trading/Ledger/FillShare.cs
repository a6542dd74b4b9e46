using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Trading.Fees;

namespace StratForge.Trading.Ledger;

/// <summary>One order's part of one execution.</summary>
/// <param name="Quantity">Units, greater than zero.</param>
/// <param name="Price">USD per unit.</param>
/// <param name="Cash">What changes hands before fees, USD, whole cents.</param>
/// <param name="Fee">In units for a crypto buy, in USD for a crypto sell, else zero.</param>
public readonly record struct FillShare(decimal Quantity, decimal Price, decimal Cash, decimal Fee)
{
    /// <summary>Splits an execution of a broker order among its orders. The shares sum exactly to what the venue booked.</summary>
    /// <param name="assetClass">Decides the fee.</param>
    /// <param name="side">Decides what the fee is taken from.</param>
    /// <param name="quantity">Units executed.</param>
    /// <param name="price">USD per unit.</param>
    /// <param name="remaining">What each order still wants, oldest first.</param>
    /// <returns>One share per order; a share may be zero.</returns>
    public static FillShare[] Split(AssetClass assetClass, Side side, decimal quantity, decimal price, IReadOnlyList<decimal> remaining)
    {
        var units = ProRata.Units(quantity, remaining);
        var proceeds = ExecutionCash.Of(quantity, price);
        var cash = ProRata.Cash(proceeds, units);
        var fees = (assetClass, side) switch
        {
            (AssetClass.Crypto, Side.Buy) => ProRata.FeeUnits(CryptoFee.OfBuy(quantity), units),
            (AssetClass.Crypto, Side.Sell) => ProRata.Cash(CryptoFee.OfSale(proceeds), units),
            _ => new decimal[units.Length],
        };
        return [.. units.Select((share, i) => new FillShare(share, price, cash[i], fees[i]))];
    }
}
