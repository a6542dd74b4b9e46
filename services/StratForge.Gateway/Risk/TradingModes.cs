using StratForge.Trading.Risk;

namespace StratForge.Gateway.Risk;

/// <summary>Modes as the API and the tables spell them.</summary>
internal static class TradingModes
{
    public const string All = "normal, reduce_only, flatten or pause";

    public static string Spell(TradingMode mode) => mode switch
    {
        TradingMode.ReduceOnly => "reduce_only",
        TradingMode.Flatten => "flatten",
        TradingMode.Paused => "pause",
        _ => "normal",
    };

    /// <summary>The mode of that name; null when there is none.</summary>
    public static TradingMode? Parse(string? name) => name switch
    {
        "normal" => TradingMode.Normal,
        "reduce_only" => TradingMode.ReduceOnly,
        "flatten" => TradingMode.Flatten,
        "pause" => TradingMode.Paused,
        _ => null,
    };
}
