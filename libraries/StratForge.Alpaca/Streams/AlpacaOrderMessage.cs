namespace StratForge.Alpaca;

/// <summary>What the order stream says, and what becomes of its connection, in order.</summary>
public abstract record AlpacaOrderMessage
{
    private AlpacaOrderMessage()
    {
    }

    /// <summary>The stream listens. Events from before are never repeated: compare orders and activities by REST now.</summary>
    /// <param name="Connection">1 for the first connection of this stream, then rising.</param>
    public sealed record Listening(int Connection) : AlpacaOrderMessage;

    /// <summary>The connection ended, or an attempt failed. The next attempt follows by itself.</summary>
    /// <param name="Reason">For a reader.</param>
    public sealed record Lost(string Reason) : AlpacaOrderMessage;

    /// <summary>Something happened to an order. May come twice, may overtake the answer to the POST that made the order.</summary>
    public sealed record Update(AlpacaTradeUpdate Event) : AlpacaOrderMessage;
}
