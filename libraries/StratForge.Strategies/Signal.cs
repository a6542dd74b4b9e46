namespace StratForge.Strategies;

/// <summary>Direction of a signal.</summary>
public enum SignalAction
{
    /// <summary>Buy.</summary>
    Buy,

    /// <summary>Sell.</summary>
    Sell,
}

/// <summary>How long an order stays open.</summary>
public enum TimeInForce
{
    /// <summary>Until the end of the trading day.</summary>
    Day,

    /// <summary>Until canceled.</summary>
    Gtc,

    /// <summary>What fills at once; the rest is canceled.</summary>
    Ioc,

    /// <summary>All at once or nothing.</summary>
    Fok,
}

/// <summary>What a strategy wants done.</summary>
/// <remarks>The helpers of <see cref="Strategy"/> send the signal they build; returning it from the handler as well does not send it
/// twice, and returning a changed copy (<c>Buy(10) with { RecordOnly = true }</c>) sends the copy in its place.</remarks>
public sealed record Signal
{
    /// <summary>Builds a market order signal that is sent when a handler returns it.</summary>
    /// <param name="action">Direction.</param>
    /// <param name="quantity">Units, greater than zero. Rounded to nine decimals when sent.</param>
    /// <param name="confidence">0 to 1.</param>
    /// <param name="metadata">Anything that becomes at most 4 KiB of JSON: an anonymous object, a dictionary.</param>
    public Signal(SignalAction action, double quantity, double confidence = 1, object? metadata = null)
    {
        Action = action;
        Quantity = quantity;
        Confidence = confidence;
        Metadata = metadata;
    }

    /// <summary>Direction.</summary>
    public SignalAction Action { get; init; }

    /// <summary>Units, greater than zero.</summary>
    public double Quantity { get; init; }

    /// <summary>0 to 1.</summary>
    public double Confidence { get; init; }

    /// <summary>Price of a limit order; null for a market order.</summary>
    public double? LimitPrice { get; init; }

    /// <summary>Null takes the platform's default.</summary>
    public TimeInForce? TimeInForce { get; init; }

    /// <summary>Record the signal, do not trade it.</summary>
    public bool RecordOnly { get; init; }

    /// <summary>Anything that becomes at most 4 KiB of JSON.</summary>
    public object? Metadata { get; init; }

    // Number of the helper's call that sent it, kept by copies; 0 for a signal that no helper built.
    internal int Ticket { get; init; }

    // Metadata as it was when the signal was sent; null without any.
    internal byte[]? MetadataJson { get; init; }
}
