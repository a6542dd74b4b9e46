namespace StratForge.Contracts.Orders;

/// <summary>How much cash an order ties up before it is known what it will cost.</summary>
public static class Reservation
{
    /// <summary>Share by which the reservation of a market buy exceeds the last price: the price may move before it fills.</summary>
    /// <remarks>2 %: below the collar of 2.5 to 4 % that Alpaca puts on market buys, above what a liquid symbol moves in a second.
    /// A strategy that asks for all of its cash is sized with the same share left over.</remarks>
    public const decimal MarketBuyBuffer = 0.02m;
}
