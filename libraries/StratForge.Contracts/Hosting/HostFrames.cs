using System.Text.Json;
using StratForge.Contracts.Internal;

namespace StratForge.Contracts.Hosting;

/// <summary>Names and bounds of the protocol between a worker and the caged process of one strategy.</summary>
/// <remarks>A frame is a 4-byte little-endian length and that many bytes of UTF-8 JSON with a <c>type</c>. The host speaks first
/// (<c>ready</c>); afterwards it answers exactly one <c>done</c> to each event. docs/strategy-hosts.md follows one exchange.</remarks>
public static class HostProtocol
{
    /// <summary>Version in <c>ready</c>; both ends must agree.</summary>
    public const int Version = 1;

    /// <summary>Largest frame a worker sends, bytes.</summary>
    public const int MaxFrameToHost = 256 * 1024;

    /// <summary>Largest frame a host may send, bytes.</summary>
    /// <remarks>Room for ten signals with 4 KiB of metadata each, <see cref="MaxState"/>, and the notes of one answer.</remarks>
    public const int MaxFrameFromHost = 128 * 1024;

    /// <summary>Largest assembly or source that follows <c>load</c>, bytes.</summary>
    public const int MaxCode = 4 * 1024 * 1024;

    /// <summary>Most bars in one <c>bars</c> frame.</summary>
    public const int MaxBarsPerFrame = 1_000;

    /// <summary>Most signals one event may emit.</summary>
    public const int MaxSignalsPerEvent = 10;

    /// <summary>Most orders one event may take back by their ids; all at once are no ids.</summary>
    public const int MaxCancelsPerEvent = CancelOrders.Most;

    /// <summary>Largest state a strategy may keep, bytes of JSON.</summary>
    public const int MaxState = 16 * 1024;

    /// <summary>Most a strategy may log, plot and mark at one event, bytes as written.</summary>
    public const int MaxNotesPerEvent = 16 * 1024;

    /// <summary>Notes after which a host ends a chunk of bars, bytes: the answer has to fit into a frame.</summary>
    public const int NotesThatEndAChunk = 16 * 1024;

    /// <summary>Most one-minute bars of history that the indicators of a strategy are fed.</summary>
    public const int MaxWarmUp = 100_000;

    /// <summary>Most symbols and timeframes one strategy subscribes to.</summary>
    public const int MaxSubscriptions = 32;
}

/// <summary>Host to worker, first frame: locked down and waiting for code.</summary>
/// <param name="Protocol"><see cref="HostProtocol.Version"/>.</param>
/// <param name="Runtime"><c>dotnet</c> or <c>python</c>.</param>
/// <param name="Probes">What the host found when it tried what it must not be able to do: name to <c>denied</c> or what happened.</param>
/// <param name="Cage">What holds it: <c>full</c>, <c>seccomp-only</c> or <c>none</c>.</param>
public sealed record ReadyFrame(int Protocol, string Runtime, IReadOnlyDictionary<string, string> Probes, string? Cage = null);

/// <summary>Worker to host: what to run. One more frame follows with the code itself (assembly bytes, or Python source in UTF-8).</summary>
/// <param name="Symbol">The session's symbol.</param>
/// <param name="AssetClass"><c>stock</c> or <c>crypto</c>.</param>
/// <param name="Parameters">Values for the strategy's parameters, by name; absent ones keep their default.</param>
/// <param name="Seed">Seed of the strategy's random numbers.</param>
/// <param name="Cash">Cash free to spend, USD.</param>
/// <param name="PositionQuantity">Units held by the session.</param>
/// <param name="PositionAveragePrice">Their average entry price.</param>
/// <param name="State">What the strategy kept, if it goes on from there instead of replaying what came before.</param>
/// <param name="Check">Whether its author wants to know what its source shows: <see cref="LoadedFrame"/> then carries problems.</param>
public sealed record LoadFrame(
    string Symbol,
    string AssetClass,
    IReadOnlyDictionary<string, JsonElement> Parameters,
    long Seed,
    double Cash,
    double PositionQuantity,
    double PositionAveragePrice,
    StateFrame? State = null,
    bool Check = false);

/// <summary>What a strategy keeps: <c>State</c> of the API.</summary>
/// <param name="Version">Version of its shape, as the strategy declares it; 1 unless it says otherwise.</param>
/// <param name="Value">A JSON object, at most <see cref="HostProtocol.MaxState"/> bytes.</param>
public sealed record StateFrame(int Version, JsonElement Value);

/// <summary>Host to worker: the strategy is built and its start handler ran.</summary>
/// <param name="Name">Name of its class.</param>
/// <param name="WarmUp">Bars its indicators want before the first call of the bar handler.</param>
/// <param name="Parameters">Its parameters as declared.</param>
/// <param name="Subscriptions">What it wants to be fed beside the bars of the session's symbol; null when nothing.</param>
/// <param name="Problems">What its source shows that may not be as its author means it, where that was asked for; null when nothing.</param>
public sealed record LoadedFrame(
    string Name,
    int WarmUp,
    IReadOnlyList<ParameterDescription> Parameters,
    IReadOnlyList<SubscriptionFrame>? Subscriptions = null,
    IReadOnlyList<SourceProblem>? Problems = null);

/// <summary>Something at a place of a strategy's source.</summary>
/// <param name="Line">From 1; 0 when it belongs to no place.</param>
/// <param name="Column">From 1; 0 when it belongs to no place.</param>
/// <param name="Id">The compiler's code (<c>CS0103</c>) or ours (<c>SF0001</c>).</param>
/// <param name="Message">What is the matter.</param>
public sealed record SourceProblem(int Line, int Column, string Id, string Message);

/// <summary>One thing a strategy subscribed to. Longer bars are made of one-minute bars in the host, so they are no subscription of their own.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Feed"><c>bars</c>, <c>trades</c> or <c>quotes</c>.</param>
public sealed record SubscriptionFrame(string Symbol, string Feed)
{
    /// <summary>One-minute bars.</summary>
    public const string Bars = "bars";

    /// <summary>Trades.</summary>
    public const string Trades = "trades";

    /// <summary>Best bid and offer.</summary>
    public const string Quotes = "quotes";
}

/// <summary>One declared parameter of a strategy.</summary>
/// <param name="Name">As declared.</param>
/// <param name="Type"><c>int</c>, <c>double</c>, <c>bool</c> or <c>string</c>.</param>
/// <param name="Default">Default value.</param>
/// <param name="Min">Smallest allowed value, if limited.</param>
/// <param name="Max">Largest allowed value, if limited.</param>
/// <param name="Step">Distance of the values that an optimisation tries, if declared.</param>
/// <param name="Description">What it is, for whoever sets it.</param>
public sealed record ParameterDescription(
    string Name, string Type, JsonElement Default, double? Min = null, double? Max = null, double? Step = null, string? Description = null);

/// <summary>Host to worker: the session cannot go on.</summary>
/// <param name="Code"><c>COMPILE_ERROR</c>, <c>STRATEGY_ERROR</c>, <c>PROTOCOL_ERROR</c>.</param>
/// <param name="Message">For the strategy's author: what and where, at most 2 KiB.</param>
/// <param name="Errors">Of a <c>COMPILE_ERROR</c>: all that the compiler found, each at its place; null otherwise.</param>
public sealed record ErrorFrame(string Code, string Message, IReadOnlyList<SourceProblem>? Errors = null);

/// <summary>Host to worker: an event was handled.</summary>
/// <param name="Of"><c>bar</c>, <c>bars</c>, <c>update</c> or another event's type.</param>
/// <param name="Seq">Number of the last event handled. In answer to <c>bars</c> it may lie before the chunk's last: the host stops
/// at the first bar that emits or cancels, or when its notes fill a frame, and the worker sends the rest again from the next.</param>
/// <param name="Signals">What the strategy emitted at that event; null when nothing.</param>
/// <param name="Logs">Lines it logged since the last answer; null when none.</param>
/// <param name="Cancels">Orders it wants taken back, before its signals, at most <see cref="HostProtocol.MaxCancelsPerEvent"/>; null when none.</param>
/// <param name="CancelAll">It wants all open orders of the session taken back, before its signals.</param>
/// <param name="State">What it keeps, if that changed.</param>
/// <param name="Plots">Values for its chart; null when none.</param>
/// <param name="Marks">Remarks for its chart; null when none.</param>
public sealed record DoneFrame(
    string Of,
    long Seq,
    IReadOnlyList<SignalFrame>? Signals = null,
    IReadOnlyList<LogFrame>? Logs = null,
    IReadOnlyList<string>? Cancels = null,
    bool CancelAll = false,
    StateFrame? State = null,
    IReadOnlyList<PlotFrame>? Plots = null,
    IReadOnlyList<MarkFrame>? Marks = null);

/// <summary>One signal as the host sends it: prices and quantities are decimal strings, rounded once, here.</summary>
/// <remarks>The worker counts the signals of a session from one on, in their order: that number comes back as <c>ticket</c> with every
/// <c>update</c> of the order that a signal became.</remarks>
/// <param name="Action"><c>BUY</c> or <c>SELL</c>.</param>
/// <param name="Quantity">Units, greater than zero, at most 9 decimals.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="OrderType"><c>market</c>, <c>limit</c>, <c>stop</c>, <c>stop_limit</c> or <c>trailing_stop</c>; null is market.</param>
/// <param name="LimitPrice">For a limit or stop-limit order.</param>
/// <param name="TimeInForce">Null takes the default.</param>
/// <param name="RecordOnly">Record, do not trade.</param>
/// <param name="Metadata">At most 4 KiB of JSON.</param>
/// <param name="StopPrice">For a stop or stop-limit order.</param>
/// <param name="TrailPrice">For a trailing stop: its distance, quote currency; this or <paramref name="TrailPercent"/>.</param>
/// <param name="TrailPercent">The same in percent of the best price.</param>
/// <param name="TakeProfit">Limit of the exit that takes the profit, for an entry.</param>
/// <param name="StopLoss">Stop of the exit that limits the loss, for an entry.</param>
/// <param name="StopLossLimit">Limit of that exit once its stop is reached; null for a market order.</param>
/// <param name="Symbol">What to trade; null is the session's symbol.</param>
public sealed record SignalFrame(
    string Action,
    string Quantity,
    double Confidence = 1,
    string? OrderType = null,
    string? LimitPrice = null,
    string? TimeInForce = null,
    bool RecordOnly = false,
    JsonElement? Metadata = null,
    string? StopPrice = null,
    string? TrailPrice = null,
    string? TrailPercent = null,
    string? TakeProfit = null,
    string? StopLoss = null,
    string? StopLossLimit = null,
    string? Symbol = null);

/// <summary>One log line of a strategy.</summary>
/// <param name="Level"><c>debug</c>, <c>info</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Message">The text.</param>
/// <param name="Fields">Figures that belong to it, a JSON object; null when none.</param>
public sealed record LogFrame(string Level, string Message, JsonElement? Fields = null);

/// <summary>One value of one line of a strategy's chart.</summary>
/// <param name="Name">The line.</param>
/// <param name="At">Time of the event, milliseconds since 1970 UTC.</param>
/// <param name="Value">The value.</param>
public sealed record PlotFrame(string Name, long At, double Value);

/// <summary>One remark on a strategy's chart.</summary>
/// <param name="At">Time of the event, milliseconds since 1970 UTC.</param>
/// <param name="Text">The remark.</param>
/// <param name="Price">Where it stands, quote currency; null for the last price.</param>
public sealed record MarkFrame(long At, string Text, double? Price = null);
