using System.Text.Json.Serialization;

namespace StratForge.Gateway.Portfolio;

/// <summary>An account in Alpaca's shape.</summary>
/// <param name="Id">The user.</param>
/// <param name="AccountNumber">The same, shorter.</param>
/// <param name="Cash">Free, reserved, and held against short positions with what they brought.</param>
/// <param name="Equity">Cash and market value; what is owed counts below zero.</param>
/// <param name="PortfolioValue">The same under its older name.</param>
/// <param name="LastEquity">Equity when the market's day began, or when the account began anew during it.</param>
/// <param name="BuyingPower">Free cash: nothing is lent.</param>
/// <param name="NonMarginableBuyingPower">The same.</param>
/// <param name="LongMarketValue">Of what is held.</param>
/// <param name="ShortMarketValue">Of what is owed; zero or less.</param>
/// <param name="PositionMarketValue">Of both.</param>
/// <param name="InitialMargin">What positions tie up: the whole worth of what is held, and the cash held against what is owed.</param>
/// <param name="MaintenanceMargin">The same: nothing is called in later.</param>
/// <param name="ShortingEnabled">Whether the owner's limits allow selling what is not held.</param>
/// <param name="CreatedAt">When the account was opened.</param>
internal sealed record BrokerAccount(
    Guid Id,
    [property: JsonPropertyName("account_number")] string AccountNumber,
    decimal Cash,
    decimal Equity,
    [property: JsonPropertyName("portfolio_value")] decimal PortfolioValue,
    [property: JsonPropertyName("last_equity")] decimal LastEquity,
    [property: JsonPropertyName("buying_power")] decimal BuyingPower,
    [property: JsonPropertyName("non_marginable_buying_power")] decimal NonMarginableBuyingPower,
    [property: JsonPropertyName("long_market_value")] decimal LongMarketValue,
    [property: JsonPropertyName("short_market_value")] decimal ShortMarketValue,
    [property: JsonPropertyName("position_market_value")] decimal PositionMarketValue,
    [property: JsonPropertyName("initial_margin")] decimal InitialMargin,
    [property: JsonPropertyName("maintenance_margin")] decimal MaintenanceMargin,
    [property: JsonPropertyName("shorting_enabled")] bool ShortingEnabled,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt)
{
    public string Status { get; } = "ACTIVE";

    public string Currency { get; } = "USD";

    public string Multiplier { get; } = "1";

    [JsonPropertyName("trading_blocked")]
    public bool TradingBlocked { get; }

    [JsonPropertyName("transfers_blocked")]
    public bool TransfersBlocked { get; } = true;

    [JsonPropertyName("account_blocked")]
    public bool AccountBlocked { get; }

    [JsonPropertyName("trade_suspended_by_user")]
    public bool TradeSuspendedByUser { get; }

    [JsonPropertyName("pattern_day_trader")]
    public bool PatternDayTrader { get; }
}
