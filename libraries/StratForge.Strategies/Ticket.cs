namespace StratForge.Strategies;

/// <summary>What became of one signal: kept up to date while its order lives.</summary>
/// <remarks>Numbered from one in the order in which a session emits. <see cref="Signal.Ticket"/> of what a helper gives.</remarks>
public sealed class Ticket
{
    internal Ticket(long number, Signal signal, string symbol)
    {
        Number = number;
        Symbol = symbol;
        Signal = signal;
    }

    /// <summary>Its number among those of the session.</summary>
    public long Number { get; }

    /// <summary>What is traded.</summary>
    public string Symbol { get; }

    /// <summary>The signal as it was sent.</summary>
    public Signal Signal { get; internal set; }

    /// <summary><c>sent</c> at first; then as <see cref="OrderUpdate.Status"/> says, or <c>recorded</c> for a signal that was not to be traded.</summary>
    public string Status { get; private set; } = "sent";

    /// <summary>The platform's id of the order; null before it is known.</summary>
    public string? OrderId { get; private set; }

    /// <summary>Units filled so far.</summary>
    public double FilledQuantity { get; private set; }

    /// <summary>Null until something filled.</summary>
    public double? AverageFillPrice { get; private set; }

    /// <summary>Why it was refused or ended early, as a code; null when it was not.</summary>
    public string? Reason { get; private set; }

    /// <summary>Nothing more will happen to it.</summary>
    public bool IsOver => Status == "recorded" || OrderUpdate.Ends(Status);

    internal void Follow(OrderUpdate update)
    {
        Status = update.Status;
        OrderId = update.OrderId.Length > 0 ? update.OrderId : OrderId;
        FilledQuantity = update.FilledQuantity;
        AverageFillPrice = update.AverageFillPrice;
        Reason = update.Reason;
    }

    internal void Recorded() => Status = "recorded";
}
