using System.Text.Json;

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
    public const int MaxFrameFromHost = 64 * 1024;

    /// <summary>Largest assembly or source that follows <c>load</c>, bytes.</summary>
    public const int MaxCode = 4 * 1024 * 1024;

    /// <summary>Most bars in one <c>bars</c> frame.</summary>
    public const int MaxBarsPerFrame = 1_000;

    /// <summary>Most signals one event may emit.</summary>
    public const int MaxSignalsPerEvent = 10;
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
public sealed record LoadFrame(
    string Symbol,
    string AssetClass,
    IReadOnlyDictionary<string, JsonElement> Parameters,
    long Seed,
    double Cash,
    double PositionQuantity,
    double PositionAveragePrice);

/// <summary>Host to worker: the strategy is built and its start handler ran.</summary>
/// <param name="Name">Name of its class.</param>
/// <param name="WarmUp">Bars its indicators want before the first call of the bar handler.</param>
/// <param name="Parameters">Its parameters as declared.</param>
public sealed record LoadedFrame(string Name, int WarmUp, IReadOnlyList<ParameterDescription> Parameters);

/// <summary>One declared parameter of a strategy.</summary>
/// <param name="Name">As declared.</param>
/// <param name="Type"><c>int</c>, <c>double</c>, <c>bool</c> or <c>string</c>.</param>
/// <param name="Default">Default value.</param>
/// <param name="Min">Smallest allowed value, if limited.</param>
/// <param name="Max">Largest allowed value, if limited.</param>
public sealed record ParameterDescription(string Name, string Type, JsonElement Default, double? Min = null, double? Max = null);

/// <summary>Host to worker: the session cannot go on.</summary>
/// <param name="Code"><c>COMPILE_ERROR</c>, <c>STRATEGY_ERROR</c>, <c>PROTOCOL_ERROR</c>.</param>
/// <param name="Message">For the strategy's author: what and where, at most 2 KiB.</param>
public sealed record ErrorFrame(string Code, string Message);

/// <summary>Host to worker: an event was handled.</summary>
/// <param name="Of"><c>bar</c>, <c>bars</c> or <c>update</c>.</param>
/// <param name="Seq">Number of the last event handled. In answer to <c>bars</c> it may lie before the chunk's last: the host stops
/// at the first bar that emits, and the worker sends the rest again from the next.</param>
/// <param name="Signals">What the strategy emitted at that event; null when nothing.</param>
/// <param name="Logs">Lines it logged since the last answer; null when none.</param>
public sealed record DoneFrame(
    string Of, long Seq, IReadOnlyList<SignalFrame>? Signals = null, IReadOnlyList<LogFrame>? Logs = null);

/// <summary>One signal as the host sends it: prices and quantities are decimal strings, rounded once, here.</summary>
/// <param name="Action"><c>BUY</c> or <c>SELL</c>.</param>
/// <param name="Quantity">Units, greater than zero, at most 9 decimals.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="OrderType"><c>market</c> or <c>limit</c>; null is market.</param>
/// <param name="LimitPrice">For a limit order.</param>
/// <param name="TimeInForce">Null takes the default.</param>
/// <param name="RecordOnly">Record, do not trade.</param>
/// <param name="Metadata">At most 4 KiB of JSON.</param>
public sealed record SignalFrame(
    string Action,
    string Quantity,
    double Confidence = 1,
    string? OrderType = null,
    string? LimitPrice = null,
    string? TimeInForce = null,
    bool RecordOnly = false,
    JsonElement? Metadata = null);

/// <summary>One log line of a strategy.</summary>
/// <param name="Level"><c>debug</c>, <c>info</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Message">The text.</param>
public sealed record LogFrame(string Level, string Message);
