using System.Globalization;
using System.Text;
using StratForge.Contracts.Hosting;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Worker.Hosts;
using StratForge.Worker.Sessions;

namespace StratForge.Worker.Signals;

/// <summary>Turns what a host sent into what the gateway gets. Whose signal it is comes from the pipe, never from the frame.</summary>
internal static class SignalCheck
{
    private const int MaxDecimals = 9;
    private const int MaxMetadata = 4 * 1024;

    // Far above any order, far below where sums of decimals could overflow.
    private const decimal MaxQuantity = 1_000_000_000_000m;
    private const NumberStyles Plain = NumberStyles.AllowDecimalPoint;

    /// <summary>The signal, or why it is none.</summary>
    /// <param name="frame">As the host sent it.</param>
    /// <param name="session">Whose pipe it came through.</param>
    /// <param name="cause">The event that was handled.</param>
    /// <param name="ordinal">Position among that event's signals.</param>
    /// <param name="fault">What is wrong with it, when the result is null.</param>
    public static ExecuteSignal? Read(SignalFrame frame, ClaimedSession session, SignalCause cause, int ordinal, out string? fault)
    {
        var limitPrice = 0m;
        fault = frame switch
        {
            { Action: not ("BUY" or "SELL") } => "its action is neither BUY nor SELL",
            { OrderType: not (null or "market" or "limit") } => "its order type is neither market nor limit",
            { TimeInForce: not (null or "day" or "gtc" or "ioc" or "fok") } => "its time in force is none of day, gtc, ioc, fok",
            { Confidence: not (>= 0 and <= 1) } => "its confidence is not between 0 and 1",
            { OrderType: "limit" } when !IsAmount(frame.LimitPrice, out limitPrice) => "a limit order needs a price greater than zero",
            { Metadata: { } metadata } when Encoding.UTF8.GetByteCount(metadata.GetRawText()) > MaxMetadata => "its metadata is larger than 4 KiB",
            _ => null,
        };
        if (fault is not null)
        {
            return null;
        }

        if (!IsAmount(frame.Quantity, out var quantity))
        {
            fault = $"its quantity {HostFailure.Readable(frame.Quantity ?? "(none)", 40)} is not a number greater than zero with at most {MaxDecimals} decimals";
            return null;
        }

        return new ExecuteSignal(
            SignalIds.Derive(session.Id, cause.Kind, cause.Seq, ordinal),
            session.Id,
            session.StrategyId,
            session.Symbol,
            frame.Action == "BUY" ? Side.Buy : Side.Sell,
            quantity,
            frame.Confidence,
            session.Epoch,
            cause.Kind,
            cause.Seq,
            ordinal,
            cause.At,
            frame.Metadata,
            frame.OrderType,
            frame.OrderType == "limit" ? limitPrice : null,
            frame.TimeInForce,
            frame.RecordOnly || session.Mode == SessionMode.Observe,
            cause.Traceparent);
    }

    private static bool IsAmount(string? text, out decimal amount) =>
        decimal.TryParse(text, Plain, CultureInfo.InvariantCulture, out amount) &&
        amount is > 0 and <= MaxQuantity && decimal.Round(amount, MaxDecimals) == amount;
}

/// <summary>The event that a strategy was handling when it emitted.</summary>
/// <param name="Kind">Bar or order event.</param>
/// <param name="Seq">Its number.</param>
/// <param name="At">Its time on the market's clock.</param>
/// <param name="Traceparent">Trace context, if sampled.</param>
internal readonly record struct SignalCause(SessionEventKind Kind, long Seq, DateTimeOffset At, string? Traceparent);
