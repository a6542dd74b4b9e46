using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;

namespace StratForge.Trading.Fees;

/// <summary>What one execution costs at the venue: the cash it moves and the fee it takes. Venue and books compute it here, so
/// they cannot disagree by a cent.</summary>
/// <remarks>Alpaca's paper account rounds cash moves to the cent, charges nothing for stocks, and takes 25 basis points (the first
/// tier) of the received asset for crypto.</remarks>
public static class VenueCharges
{
    /// <summary>Share of a crypto execution that the venue keeps.</summary>
    public const decimal CryptoRate = 0.0025m;

    /// <summary>Smallest unit of a quantity: the ninth decimal.</summary>
    public const decimal UnitStep = 0.000_000_001m;

    /// <summary>Smallest unit of cash: the cent.</summary>
    public const decimal CentStep = 0.01m;

    /// <summary>Cash that changes hands for an execution before any fee, USD, rounded to the cent, half away from zero.</summary>
    public static decimal Cash(decimal quantity, decimal price) =>
        decimal.Round(quantity * price, 2, MidpointRounding.AwayFromZero);

    /// <summary>The fee of one execution.</summary>
    /// <param name="assetClass">Stocks are free.</param>
    /// <param name="side">A crypto buy pays in the base coin, rounded up at the ninth decimal; a crypto sell in USD, rounded up to the cent.</param>
    /// <param name="quantity">Units executed, greater than zero.</param>
    /// <param name="price">USD per unit, greater than zero.</param>
    public static Fee FeeOf(AssetClass assetClass, Side side, decimal quantity, decimal price) => (assetClass, side) switch
    {
        (AssetClass.Crypto, Side.Buy) => new(RoundUp(quantity * CryptoRate, UnitStep), InUnits: true),
        (AssetClass.Crypto, Side.Sell) => new(RoundUp(quantity * price * CryptoRate, CentStep), InUnits: false),
        _ => default,
    };

    /// <summary>Name of the asset a fee is paid in: <c>USD</c>, or the base coin of the pair.</summary>
    public static string AssetOf(Fee fee, string symbol) =>
        fee.InUnits ? symbol[..symbol.IndexOf('/', StringComparison.Ordinal)] : "USD";

    private static decimal RoundUp(decimal amount, decimal step) => decimal.Ceiling(amount / step) * step;
}

/// <summary>A fee.</summary>
/// <param name="Amount">Zero or more.</param>
/// <param name="InUnits">Whether it is taken in units of what was traded; otherwise in USD.</param>
public readonly record struct Fee(decimal Amount, bool InUnits);
