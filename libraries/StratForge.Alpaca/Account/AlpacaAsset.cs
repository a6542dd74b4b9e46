namespace StratForge.Alpaca;

/// <summary>One instrument: <c>GET /v2/assets</c>.</summary>
public sealed record AlpacaAsset
{
    /// <summary>Id of the asset.</summary>
    public required Guid Id { get; init; }
    /// <summary><c>us_equity</c>, <c>crypto</c>, ...</summary>
    public required string Class { get; init; }
    /// <summary><c>NASDAQ</c>, <c>ARCA</c>, <c>CRYPTO</c>, ...</summary>
    public string? Exchange { get; init; }
    /// <summary><c>AAPL</c>, <c>BTC/USD</c>.</summary>
    public required string Symbol { get; init; }
    /// <summary>Name for a reader.</summary>
    public string? Name { get; init; }
    /// <summary><c>active</c> or <c>inactive</c>.</summary>
    public string? Status { get; init; }
    /// <summary>Whether orders are taken.</summary>
    public bool Tradable { get; init; }
    /// <summary>Whether it may be bought on margin.</summary>
    public bool Marginable { get; init; }
    /// <summary>Whether it may be sold short.</summary>
    public bool Shortable { get; init; }
    /// <summary>Whether parts of a unit can be traded.</summary>
    public bool Fractionable { get; init; }
    /// <summary>Smallest order, units. Crypto only.</summary>
    public decimal? MinOrderSize { get; init; }
    /// <summary>Step of quantities. Crypto only.</summary>
    public decimal? MinTradeIncrement { get; init; }
    /// <summary>Step of prices. Crypto only.</summary>
    public decimal? PriceIncrement { get; init; }
    /// <summary>Further properties, such as <c>fractional_eh_enabled</c>.</summary>
    public IReadOnlyList<string>? Attributes { get; init; }
}
