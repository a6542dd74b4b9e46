namespace StratForge.Strategies.Running;

/// <summary>One symbol as a strategy sees it.</summary>
/// <param name="symbol">The symbol.</param>
/// <param name="isCrypto">Decides its lot.</param>
internal sealed class SymbolView(string symbol, bool isCrypto)
{
    public string Symbol { get; } = symbol;

    public bool IsCrypto { get; } = isCrypto;

    /// <summary>Last close or trade; NaN before the first.</summary>
    public double LastPrice { get; set; } = double.NaN;

    public Position Position { get; set; }

    /// <summary>Its feed of one-minute bars, if that is wanted.</summary>
    public BarFeed? Minutes { get; set; }

    /// <summary>Its feeds of longer bars, shortest first.</summary>
    public List<BarFeed> Longer { get; } = [];

    public bool WantsTrades { get; set; }

    public bool WantsQuotes { get; set; }
}
