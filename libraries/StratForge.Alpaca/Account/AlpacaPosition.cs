using System.Text.Json.Serialization;

namespace StratForge.Alpaca;

/// <summary>Units held of one asset: <c>GET /v2/positions</c>.</summary>
public sealed record AlpacaPosition
{
    /// <summary>Id of the asset.</summary>
    public Guid AssetId { get; init; }
    /// <summary>As sent: crypto has no slash here (<c>BTCUSD</c>); <see cref="TradedSymbol"/> has.</summary>
    public required string Symbol { get; init; }
    /// <summary>Where it is traded.</summary>
    public string? Exchange { get; init; }
    /// <summary><c>us_equity</c> or <c>crypto</c>.</summary>
    public required string AssetClass { get; init; }
    /// <summary><c>long</c> or <c>short</c>.</summary>
    public string? Side { get; init; }
    /// <summary>Units, below zero when short.</summary>
    public required decimal Qty { get; init; }
    /// <summary>Units that no open order holds.</summary>
    public decimal? QtyAvailable { get; init; }
    /// <summary>Average entry price; may change overnight, when lots of a day are merged.</summary>
    public decimal AvgEntryPrice { get; init; }
    /// <summary>What the position cost.</summary>
    public decimal CostBasis { get; init; }
    /// <summary>What it is worth; below zero when short.</summary>
    public decimal? MarketValue { get; init; }
    /// <summary>Profit not yet realised.</summary>
    public decimal? UnrealizedPl { get; init; }
    /// <summary>Last price.</summary>
    public decimal? CurrentPrice { get; init; }
    /// <summary>Close of the last trading day.</summary>
    public decimal? LastdayPrice { get; init; }

    /// <summary>The symbol as orders and market data spell it: <c>BTC/USD</c>.</summary>
    [JsonIgnore]
    public string TradedSymbol => string.Equals(AssetClass, "crypto", StringComparison.Ordinal) ? AlpacaSymbols.ToPair(Symbol) : Symbol;
}
