namespace StratForge.SimulatedExchange.Faults;

/// <summary>How faults are spelled in the admin API.</summary>
internal static class FaultWords
{
    private static readonly (string Word, FaultKind Kind)[] Kinds =
    [
        ("delay", FaultKind.Delay),
        ("error", FaultKind.Error),
        ("rate_limit", FaultKind.RateLimit),
        ("disconnect", FaultKind.Disconnect),
        ("duplicate", FaultKind.Duplicate),
        ("drop", FaultKind.Drop),
        ("reorder", FaultKind.Reorder),
        ("partial_fill", FaultKind.PartialFill),
    ];

    private static readonly (string Word, FaultTarget Target)[] Targets =
    [
        ("order_submit", FaultTarget.OrderSubmit),
        ("orders", FaultTarget.Orders),
        ("trading", FaultTarget.Trading),
        ("data", FaultTarget.Data),
        ("trade_updates", FaultTarget.TradeUpdates),
        ("market_data", FaultTarget.MarketData),
        ("fills", FaultTarget.Fills),
    ];

    public static string AllKinds { get; } = string.Join(", ", Kinds.Select(kind => kind.Word));

    public static string AllTargets { get; } = string.Join(", ", Targets.Select(target => target.Word));

    public static string Of(FaultKind kind) => Array.Find(Kinds, entry => entry.Kind == kind).Word;

    public static string Of(FaultTarget target) => Array.Find(Targets, entry => entry.Target == target).Word ?? "nothing";

    public static FaultKind? Kind(string? word) => Array.Find(Kinds, entry => entry.Word == word) is (not null, var kind) ? kind : null;

    public static FaultTarget? Target(string? word) => Array.Find(Targets, entry => entry.Word == word) is (not null, var target) ? target : null;

    /// <summary>Whether two sets of targets meet.</summary>
    public static bool HasAny(this FaultTarget targets, FaultTarget others) => (targets & others) != FaultTarget.None;
}
