namespace StratForge.SimulatedExchange.Accounts;

/// <summary>What the account's owner can set.</summary>
internal sealed record AccountConfiguration
{
    public bool SuspendTrade { get; init; }
    public bool NoShorting { get; init; }
    public bool FractionalTrading { get; init; } = true;
    public string MaxMarginMultiplier { get; init; } = "4";
    public string TradeConfirmEmail { get; init; } = "all";
    public bool PtpNoExceptionEntry { get; init; }
    public bool DisableOvernightTrading { get; init; }
    public int? MaxOptionsTradingLevel { get; init; }
    public string DtbpCheck { get; init; } = "entry";
    public string PdtCheck { get; init; } = "entry";
}
