using StratForge.Alpaca;
using StratForge.Contracts.Market;

namespace StratForge.Ingestor.Venues;

/// <summary>Brings the codes of both tapes to one.</summary>
internal static class StatusCodes
{
    /// <summary>What a status means for trading; null for notes that change nothing: imbalances, price indications, short-sale restrictions.</summary>
    /// <remarks>Numbers are of tapes A and B (CTA), letters of tape C (UTP).</remarks>
    public static TradingStatus? Of(string symbol, AlpacaTradingStatus status) => status.Code switch
    {
        // A pause for volatility is a halt with that reason on tapes A and B, and has a code of its own on tape C.
        "2" when string.Equals(status.ReasonCode, "M", StringComparison.Ordinal) => In(symbol, status, TradingState.Paused),
        "2" or "H" => In(symbol, status, TradingState.Halted),
        "P" => In(symbol, status, TradingState.Paused),
        "Q" => In(symbol, status, TradingState.Quoting),
        "3" or "T" => In(symbol, status, TradingState.Trading),
        _ => null,
    };

    private static TradingStatus In(string symbol, AlpacaTradingStatus status, TradingState state) =>
        new(symbol, state, status.Reason, status.ReasonCode, status.Time);
}
