using StratForge.Alpaca;

namespace StratForge.Ingestor.Bars;

/// <summary>Tells what cannot be true. Corrupt data is worse than none: it never reaches the table.</summary>
internal static class BarCheck
{
    /// <summary>Why the bar cannot be true; null when it can.</summary>
    public static string? FaultOf(AlpacaBar bar) => bar switch
    {
        { Open: <= 0 } or { High: <= 0 } or { Low: <= 0 } or { Close: <= 0 } => "price not above zero",
        { Volume: < 0 } => "volume below zero",
        _ when bar.High < bar.Low => "high below low",
        _ when bar.High < bar.Open || bar.High < bar.Close => "high below open or close",
        _ when bar.Low > bar.Open || bar.Low > bar.Close => "low above open or close",
        _ when bar.Time.UtcTicks % Timeframe.Length.Ticks != 0 => "time within a minute",
        _ => null,
    };

    /// <summary>Why the trade cannot be true; null when it can.</summary>
    public static string? FaultOf(AlpacaTrade trade) => trade switch
    {
        { Price: <= 0 } => "price not above zero",
        { Size: < 0 } => "size below zero",
        _ => null,
    };

    /// <summary>Why the quote is of no use; null when it is. A side without offers has price zero, which nobody could trade at.</summary>
    public static string? FaultOf(AlpacaQuote quote) => quote switch
    {
        { BidPrice: <= 0 } or { AskPrice: <= 0 } => "price not above zero",
        { BidSize: < 0 } or { AskSize: < 0 } => "size below zero",
        _ => null,
    };
}
