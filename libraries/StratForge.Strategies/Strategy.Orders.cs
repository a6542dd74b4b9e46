namespace StratForge.Strategies;

/// <content>Orders. Each helper builds a signal, sends it and gives it back; its <see cref="Signal.Ticket"/> follows the order.</content>
public abstract partial class Strategy
{
    /// <summary>Buys <paramref name="quantity"/> units: at the market, or as the prices say.</summary>
    /// <param name="quantity">Units, greater than zero.</param>
    /// <param name="limit">Highest price to pay.</param>
    /// <param name="stop">Wait until the market trades at this price or above; with <paramref name="limit"/> a stop-limit order.</param>
    /// <param name="trail">Trailing stop: wait until the price rises so far above its lowest, quote currency.</param>
    /// <param name="trailPercent">The same in percent.</param>
    /// <param name="takeProfit">Once filled, leave an order behind that takes the profit at this price.</param>
    /// <param name="stopLoss">Once filled, leave an order behind that limits the loss at this price. With both, one cancels the other.</param>
    /// <param name="stopLossLimit">Limit of that order; null sells at the market.</param>
    /// <param name="tif">How long the order stays open; null takes the platform's default (day for stocks, gtc for crypto).</param>
    /// <param name="confidence">0 to 1.</param>
    /// <param name="metadata">At most 4 KiB of JSON, kept with the signal.</param>
    /// <param name="recordOnly">Record, do not trade.</param>
    /// <param name="symbol">What to buy; null is the session's symbol.</param>
    protected Signal Buy(
        double quantity, double? limit = null, double? stop = null, double? trail = null, double? trailPercent = null, double? takeProfit = null,
        double? stopLoss = null, double? stopLossLimit = null, TimeInForce? tif = null, double confidence = 1, object? metadata = null,
        bool recordOnly = false, string? symbol = null) =>
        Order(SignalAction.Buy, quantity, limit, stop, trail, trailPercent, takeProfit, stopLoss, stopLossLimit, tif, confidence, metadata, recordOnly, symbol);

    /// <summary>Sells <paramref name="quantity"/> units. See <see cref="Buy"/> for the options; a sell stop waits below the price.</summary>
    protected Signal Sell(
        double quantity, double? limit = null, double? stop = null, double? trail = null, double? trailPercent = null, double? takeProfit = null,
        double? stopLoss = null, double? stopLossLimit = null, TimeInForce? tif = null, double confidence = 1, object? metadata = null,
        bool recordOnly = false, string? symbol = null) =>
        Order(SignalAction.Sell, quantity, limit, stop, trail, trailPercent, takeProfit, stopLoss, stopLossLimit, tif, confidence, metadata, recordOnly, symbol);

    /// <summary>Ends the position: sells what is held and not already being sold (buys back what is short). Stops and exits that wait on it are taken back first.</summary>
    /// <returns>The signal sent; null when there is nothing to end.</returns>
    protected Signal? Close(
        double? limit = null, TimeInForce? tif = null, double confidence = 1, object? metadata = null, bool recordOnly = false, string? symbol = null) =>
        Resized(Run.ToClose(symbol), limit, takeProfit: null, stopLoss: null, tif, confidence, metadata, recordOnly, symbol);

    /// <summary>Buys or sells what is missing to hold <paramref name="quantity"/> units; open orders count as if they had filled, stops and exits do not.</summary>
    /// <remarks>Rounded down to whole units for stocks, to six decimals for crypto.</remarks>
    /// <returns>The signal sent; null when nothing is missing.</returns>
    protected Signal? Target(
        double quantity, double? limit = null, double? takeProfit = null, double? stopLoss = null, TimeInForce? tif = null, double confidence = 1,
        object? metadata = null, bool recordOnly = false, string? symbol = null) =>
        Resized(Run.ToTarget(quantity, symbol), limit, takeProfit, stopLoss, tif, confidence, metadata, recordOnly, symbol);

    /// <summary>Buys or sells what is missing to hold <paramref name="share"/> of <see cref="Equity"/> at the last price (or at the limit).</summary>
    /// <remarks>A market buy takes at most what <see cref="BuyingPower"/> pays at 2 % above the last price, as much as the platform reserves for it.
    /// Rounded down to whole units for stocks, to six decimals for crypto.</remarks>
    /// <param name="share">0.2 is a fifth of the equity; 0 ends the position.</param>
    /// <param name="limit">Worst price to take; null trades at the market.</param>
    /// <param name="takeProfit">Of a buy: leave an order behind that takes the profit at this price.</param>
    /// <param name="stopLoss">Of a buy: leave an order behind that limits the loss at this price.</param>
    /// <param name="tif">How long the order stays open; null takes the platform's default.</param>
    /// <param name="confidence">0 to 1.</param>
    /// <param name="metadata">At most 4 KiB of JSON, kept with the signal.</param>
    /// <param name="recordOnly">Record, do not trade.</param>
    /// <param name="symbol">What to trade; null is the session's symbol.</param>
    /// <returns>The signal sent; null when nothing is missing.</returns>
    protected Signal? TargetPercent(
        double share, double? limit = null, double? takeProfit = null, double? stopLoss = null, TimeInForce? tif = null, double confidence = 1,
        object? metadata = null, bool recordOnly = false, string? symbol = null) =>
        Resized(Run.ToTargetPercent(share, limit, symbol), limit, takeProfit, stopLoss, tif, confidence, metadata, recordOnly, symbol);

    /// <summary>Sends a signal built by hand, from a handler that returns none.</summary>
    /// <returns>The signal as it was sent, with its ticket.</returns>
    protected Signal Send(Signal signal) => Run.Send(signal);

    /// <summary>Takes an order back, before the signals of this event. Nothing happens when it is over, or not known to be an order yet.</summary>
    protected void Cancel(Ticket ticket) => Run.Cancel(ticket);

    /// <summary>Takes an order back by its id.</summary>
    protected void Cancel(string orderId) => Run.Cancel(orderId);

    /// <summary>Takes all open orders of the session back, before the signals of this event.</summary>
    protected void CancelAll() => Run.CancelAll();

    private Signal Order(
        SignalAction action, double quantity, double? limit, double? stop, double? trail, double? trailPercent, double? takeProfit, double? stopLoss,
        double? stopLossLimit, TimeInForce? tif, double confidence, object? metadata, bool recordOnly, string? symbol) =>
        Run.Send(new Signal(action, quantity, confidence, metadata)
        {
            LimitPrice = limit,
            StopPrice = stop,
            TrailPrice = trail,
            TrailPercent = trailPercent,
            TakeProfit = takeProfit,
            StopLoss = stopLoss,
            StopLossLimit = stopLossLimit,
            TimeInForce = tif,
            RecordOnly = recordOnly,
            Symbol = symbol,
        });

    // Exits go with what opens a position; a sale that reduces one has none.
    private Signal? Resized(
        double change, double? limit, double? takeProfit, double? stopLoss, TimeInForce? tif, double confidence, object? metadata, bool recordOnly,
        string? symbol) => change switch
    {
        > 0 => Buy(
            change, limit, takeProfit: takeProfit, stopLoss: stopLoss, tif: tif, confidence: confidence, metadata: metadata, recordOnly: recordOnly, symbol: symbol),
        < 0 => Sell(-change, limit, tif: tif, confidence: confidence, metadata: metadata, recordOnly: recordOnly, symbol: symbol),
        _ => null,
    };
}
