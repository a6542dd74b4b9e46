namespace StratForge.Trading.Brokerage;

/// <summary>What an order is among the exits of a position.</summary>
public static class ExitLeg
{
    /// <summary>Sells at a profit, or buys back at one: a limit order.</summary>
    public const string TakeProfit = "take_profit";

    /// <summary>Limits the loss: a stop.</summary>
    public const string StopLoss = "stop_loss";
}
