namespace StratForge.Alpaca;

/// <summary>Balances and flags of the account: <c>GET /v2/account</c>. Amounts in <see cref="Currency"/>.</summary>
public sealed record AlpacaAccount
{
    /// <summary>Id of the account.</summary>
    public required Guid Id { get; init; }
    /// <summary>Its number; paper accounts begin with <c>PA</c>.</summary>
    public string? AccountNumber { get; init; }
    /// <summary><c>ACTIVE</c> when it may trade.</summary>
    public required string Status { get; init; }
    /// <summary>The same for crypto; absent when crypto is not enabled.</summary>
    public string? CryptoStatus { get; init; }
    /// <summary><c>USD</c>.</summary>
    public string? Currency { get; init; }
    /// <summary>In whole cents.</summary>
    public required decimal Cash { get; init; }
    /// <summary>Cash and the market value of all positions.</summary>
    public decimal Equity { get; init; }
    /// <summary>Equity at the close of the last trading day.</summary>
    public decimal LastEquity { get; init; }
    /// <summary>What new orders may cost, margin included.</summary>
    public decimal BuyingPower { get; init; }
    /// <summary>Buying power overnight.</summary>
    public decimal RegtBuyingPower { get; init; }
    /// <summary>Buying power for what cannot be bought on margin, such as crypto.</summary>
    public decimal NonMarginableBuyingPower { get; init; }
    /// <summary>Margin needed to open the positions held.</summary>
    public decimal InitialMargin { get; init; }
    /// <summary>Margin needed to keep them.</summary>
    public decimal MaintenanceMargin { get; init; }
    /// <summary>Market value of long positions.</summary>
    public decimal LongMarketValue { get; init; }
    /// <summary>Market value of short positions, zero or below.</summary>
    public decimal ShortMarketValue { get; init; }
    /// <summary>1, 2 or 4.</summary>
    public decimal Multiplier { get; init; }
    /// <summary>When it was opened.</summary>
    public DateTimeOffset? CreatedAt { get; init; }
    /// <summary>No orders are taken.</summary>
    public bool TradingBlocked { get; init; }
    /// <summary>No transfers are possible.</summary>
    public bool TransfersBlocked { get; init; }
    /// <summary>The whole account is blocked.</summary>
    public bool AccountBlocked { get; init; }
    /// <summary>Its owner switched trading off.</summary>
    public bool TradeSuspendedByUser { get; init; }
    /// <summary>Whether it may sell short.</summary>
    public bool ShortingEnabled { get; init; }
}
