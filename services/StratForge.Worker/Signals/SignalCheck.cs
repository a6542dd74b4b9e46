using System.Globalization;
using StratForge.Contracts;
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
    /// <param name="symbols">What the session may trade; null for its own symbol alone.</param>
    public static ExecuteSignal? Read(
        SignalFrame frame, ClaimedSession session, SignalCause cause, int ordinal, out string? fault, IReadOnlyList<string>? symbols = null)
    {
        fault = frame switch
        {
            { Action: not ("BUY" or "SELL") } => "its action is neither BUY nor SELL",
            { OrderType: not (null or "market" or "limit" or "stop" or "stop_limit" or "trailing_stop") } =>
                "its order type is none of market, limit, stop, stop_limit, trailing_stop",
            { TimeInForce: not (null or "day" or "gtc" or "ioc" or "fok") } => "its time in force is none of day, gtc, ioc, fok",
            { Confidence: not (>= 0 and <= 1) } => "its confidence is not between 0 and 1",
            { OrderType: "limit" or "stop_limit", LimitPrice: null } => "a limit order needs a price greater than zero",
            { OrderType: "stop" or "stop_limit", StopPrice: null } => "a stop order needs a stop price greater than zero",
            { OrderType: "trailing_stop" } when frame.TrailPrice is null == frame.TrailPercent is null =>
                "a trailing stop needs either a distance or a percentage",
            { Symbol: { } symbol } when symbol != session.Symbol && symbols?.Contains(symbol, StringComparer.Ordinal) is not true =>
                $"its symbol {HostFailure.Readable(symbol, 20)} is not the session's",
            { Metadata: { } metadata } when StorableJson.FlawOf(metadata, MaxMetadata) is { } flaw => $"its metadata {flaw}",
            _ => null,
        };
        var limitPrice = Price(frame.LimitPrice, "limit price", ref fault);
        var stopPrice = Price(frame.StopPrice, "stop price", ref fault);
        var trailPrice = Price(frame.TrailPrice, "trail", ref fault);
        var trailPercent = Price(frame.TrailPercent, "trail percentage", ref fault);
        var takeProfit = Price(frame.TakeProfit, "take profit", ref fault);
        var stopLoss = Price(frame.StopLoss, "stop loss", ref fault);
        var stopLossLimit = Price(frame.StopLossLimit, "stop loss limit", ref fault);
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
            frame.Symbol ?? session.Symbol,
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
            limitPrice,
            frame.TimeInForce,
            frame.RecordOnly || session.Mode == SessionMode.Observe,
            cause.Traceparent,
            stopPrice,
            trailPrice,
            trailPercent,
            takeProfit,
            stopLoss,
            stopLossLimit);
    }

    // A price that is not there is none; one that is there has to be one.
    private static decimal? Price(string? text, string name, ref string? fault)
    {
        if (text is null)
        {
            return null;
        }

        if (IsAmount(text, out var price))
        {
            return price;
        }

        fault ??= $"its {name} {HostFailure.Readable(text, 40)} is not a number greater than zero with at most {MaxDecimals} decimals";
        return null;
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
