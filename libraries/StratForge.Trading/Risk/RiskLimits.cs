namespace StratForge.Trading.Risk;

/// <summary>What an account may do. Null is no limit.</summary>
/// <param name="MaxOrderNotional">Most that one order may be worth, USD.</param>
/// <param name="MaxPositionNotional">Most that a position in one symbol may be worth after the order and all open ones, USD.</param>
/// <param name="MaxOpenOrders">Most orders open at once.</param>
/// <param name="MaxOrdersPerMinute">Most orders placed in any minute.</param>
/// <param name="MaxDailyLoss">Most the account may lose in one day of the market before it may only reduce, USD.</param>
/// <param name="AllowedSymbols">The only symbols it may trade; null for all.</param>
/// <param name="DeniedSymbols">Symbols it may not trade; null for none.</param>
/// <param name="AllowShorting">Whether it may sell what it does not hold.</param>
/// <param name="PriceCollarPercent">Furthest a limit may be from the market on the side that trades at once, percent.</param>
/// <param name="MaxPriceAge">Oldest price on which a market order is taken.</param>
public sealed record RiskLimits(
    decimal? MaxOrderNotional = null,
    decimal? MaxPositionNotional = null,
    int? MaxOpenOrders = null,
    int? MaxOrdersPerMinute = null,
    decimal? MaxDailyLoss = null,
    IReadOnlyList<string>? AllowedSymbols = null,
    IReadOnlyList<string>? DeniedSymbols = null,
    bool AllowShorting = false,
    decimal? PriceCollarPercent = null,
    TimeSpan? MaxPriceAge = null);
