namespace StratForge.SimulatedExchange.Accounts;

/// <summary>Equity of the account at one close.</summary>
internal sealed record EquityMark(DateTimeOffset At, decimal Equity);
