using System.Globalization;
using System.Text;

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
    /// <summary>Builds a market order signal that is sent when a handler returns it, or by <see cref="Strategy.Send"/>.</summary>
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

    /// <summary>Worst price to take; null for an order without one.</summary>
    public double? LimitPrice { get; init; }

    /// <summary>Price at which a stop order comes to life: at or above it for a buy, at or below it for a sale. With <see cref="LimitPrice"/> a stop-limit order.</summary>
    public double? StopPrice { get; init; }

    /// <summary>Makes it a trailing stop: distance to the best price since it was taken in, quote currency.</summary>
    public double? TrailPrice { get; init; }

    /// <summary>The same in percent of that price, above 0 and below 100.</summary>
    public double? TrailPercent { get; init; }

    /// <summary>Limit of the exit that takes the profit once this entry is filled.</summary>
    public double? TakeProfit { get; init; }

    /// <summary>Stop of the exit that limits the loss once this entry is filled. With both exits, one cancels the other.</summary>
    public double? StopLoss { get; init; }

    /// <summary>Limit of that exit once its stop is reached; null sells at the market.</summary>
    public double? StopLossLimit { get; init; }

    /// <summary>Null takes the platform's default.</summary>
    public TimeInForce? TimeInForce { get; init; }

    /// <summary>What to trade; null is the session's symbol.</summary>
    public string? Symbol { get; init; }

    /// <summary>Record the signal, do not trade it.</summary>
    public bool RecordOnly { get; init; }

    /// <summary>Anything that becomes at most 4 KiB of JSON.</summary>
    public object? Metadata { get; init; }

    /// <summary>What becomes of it; null while it was not sent. Copies keep it.</summary>
    public Ticket? Ticket { get; internal init; }

    // Metadata as it was when the signal was sent; null without any.
    internal byte[]? MetadataJson { get; init; }

    // Why it was sent, as Explain said; becomes part of the metadata.
    internal string? Explanation { get; init; }

    internal bool IsStop => StopPrice is not null || TrailPrice is not null || TrailPercent is not null;

    /// <summary><c>market</c>, <c>limit</c>, <c>stop</c>, <c>stop_limit</c> or <c>trailing_stop</c>, as its prices say.</summary>
    public string OrderType =>
        TrailPrice is not null || TrailPercent is not null ? "trailing_stop"
        : StopPrice is not null ? LimitPrice is null ? "stop" : "stop_limit"
        : LimitPrice is null ? "market" : "limit";

    /// <summary>In one line: <c>BUY 10</c>, <c>SELL 5 MSFT limit 99.5</c>, <c>BUY 10 take profit 110 stop loss 95</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Action == SignalAction.Buy ? "BUY " : "SELL ").Append(Number(Quantity));
        if (Symbol is not null)
        {
            text.Append(' ').Append(Symbol);
        }

        Add(text, " limit ", LimitPrice);
        Add(text, " stop ", StopPrice);
        Add(text, " trail ", TrailPrice);
        Add(text, " trail % ", TrailPercent);
        Add(text, " take profit ", TakeProfit);
        Add(text, " stop loss ", StopLoss);
        Add(text, " stop loss limit ", StopLossLimit);
        return text.Append(RecordOnly ? " record only" : string.Empty).ToString();
    }

    private static void Add(StringBuilder text, string name, double? value)
    {
        if (value is { } given)
        {
            text.Append(name).Append(Number(given));
        }
    }

    private static string Number(double value) => value.ToString("0.#########", CultureInfo.InvariantCulture);
}
