using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using StratForge.Contracts.Market;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Portfolio;

/// <summary>The caller's virtual account as Alpaca would show it if it were a real one of their own.</summary>
internal static class BrokerViews
{
    public static void MapBrokerViews(this IEndpointRouteBuilder routes)
    {
        var trade = routes.MapGroup("/trade").WithTags("Trading").RequireAuthorization();
        trade.MapGet("/account", Account);
        trade.MapGet("/positions", Positions);
    }

    private static async Task<BrokerAccount> Account(Caller caller, PortfolioDesk desk, CancellationToken cancellationToken)
    {
        var (books, positions) = await desk.ValueAsync(caller.UserId, cancellationToken);
        var longs = positions.Where(position => position.Quantity > 0).Sum(position => position.MarketValue);
        var shorts = positions.Where(position => position.Quantity < 0).Sum(position => position.MarketValue);
        var equity = books.Cash + longs + shorts;
        return new BrokerAccount(
            caller.UserId,
            $"VA{Convert.ToHexString(caller.UserId.ToByteArray(bigEndian: true)[^5..])}",
            books.Cash,
            equity,
            equity,
            books.Available,
            books.Available,
            longs,
            shorts,
            longs + shorts,
            longs,
            books.OpenedAt);
    }

    private static async Task<IReadOnlyList<BrokerPosition>> Positions(
        Caller caller, PortfolioDesk desk, CancellationToken cancellationToken)
    {
        var (books, positions) = await desk.ValueAsync(caller.UserId, cancellationToken);
        var reserved = books.Holdings
            .GroupBy(holding => holding.Symbol, StringComparer.Ordinal)
            .ToDictionary(symbol => symbol.Key, symbol => symbol.Sum(holding => holding.Reserved), StringComparer.Ordinal);
        // The venue knows one position per symbol: that of all sessions and of the hand together.
        return
        [
            .. positions
                .GroupBy(position => position.Symbol, StringComparer.Ordinal)
                .Select(symbol => Sum(symbol.Key, [.. symbol], reserved[symbol.Key]))
                .Where(position => position.Quantity != 0),
        ];
    }

    private static BrokerPosition Sum(string symbol, IReadOnlyList<Position> parts, decimal reserved)
    {
        var quantity = parts.Sum(part => part.Quantity);
        var cost = parts.Sum(part => part.Quantity * part.AveragePrice);
        var unrealised = parts.Sum(part => part.UnrealisedPnl);
        var crypto = Symbols.ClassOf(symbol) == AssetClass.Crypto;
        return new BrokerPosition(
            AssetIdOf(symbol),
            symbol.Replace("/", "", StringComparison.Ordinal),
            crypto ? "CRYPTO" : "",
            crypto ? "crypto" : "us_equity",
            quantity,
            quantity - reserved,
            quantity < 0 ? "short" : "long",
            quantity == 0 ? 0 : decimal.Round(cost / quantity, 6, MidpointRounding.AwayFromZero),
            decimal.Round(cost, 6, MidpointRounding.AwayFromZero),
            parts.Sum(part => part.MarketValue),
            unrealised,
            cost == 0 ? 0 : decimal.Round(unrealised / Math.Abs(cost), 5, MidpointRounding.AwayFromZero),
            parts[0].LastPrice);
    }

    // Clients demand an id; the symbol is the asset's identity here, so the same symbol gives the same id.
    private static Guid AssetIdOf(string symbol) => new(SHA256.HashData(Encoding.UTF8.GetBytes(symbol)).AsSpan(0, 16), bigEndian: true);
}

/// <summary>An account in Alpaca's shape.</summary>
/// <param name="Id">The user.</param>
/// <param name="AccountNumber">The same, shorter.</param>
/// <param name="Cash">Free and reserved.</param>
/// <param name="Equity">Cash and market value.</param>
/// <param name="PortfolioValue">The same under its older name.</param>
/// <param name="BuyingPower">Free cash: there is no margin.</param>
/// <param name="NonMarginableBuyingPower">The same.</param>
/// <param name="LongMarketValue">Of what is held.</param>
/// <param name="ShortMarketValue">Of what is owed; zero or less.</param>
/// <param name="PositionMarketValue">Of both.</param>
/// <param name="InitialMargin">All of it: there is no margin.</param>
/// <param name="CreatedAt">When the account was opened.</param>
internal sealed record BrokerAccount(
    Guid Id,
    [property: JsonPropertyName("account_number")] string AccountNumber,
    decimal Cash,
    decimal Equity,
    [property: JsonPropertyName("portfolio_value")] decimal PortfolioValue,
    [property: JsonPropertyName("buying_power")] decimal BuyingPower,
    [property: JsonPropertyName("non_marginable_buying_power")] decimal NonMarginableBuyingPower,
    [property: JsonPropertyName("long_market_value")] decimal LongMarketValue,
    [property: JsonPropertyName("short_market_value")] decimal ShortMarketValue,
    [property: JsonPropertyName("position_market_value")] decimal PositionMarketValue,
    [property: JsonPropertyName("initial_margin")] decimal InitialMargin,
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

    [JsonPropertyName("shorting_enabled")]
    public bool ShortingEnabled { get; }

    [JsonPropertyName("pattern_day_trader")]
    public bool PatternDayTrader { get; }
}

/// <summary>A position in Alpaca's shape.</summary>
/// <param name="AssetId">Derived from the symbol.</param>
/// <param name="Symbol">Crypto without its slash, as the venue spells positions.</param>
/// <param name="Exchange"><c>CRYPTO</c>, or empty: a stock's listing does not matter to a virtual account.</param>
/// <param name="AssetClass"><c>us_equity</c> or <c>crypto</c>.</param>
/// <param name="Quantity">Units; below zero is short.</param>
/// <param name="AvailableQuantity">Units that no open order holds.</param>
/// <param name="Side"><c>long</c> or <c>short</c>.</param>
/// <param name="AverageEntryPrice">Over all sessions.</param>
/// <param name="CostBasis">What it cost.</param>
/// <param name="MarketValue">What it is worth.</param>
/// <param name="UnrealizedPl">Worth less cost.</param>
/// <param name="UnrealizedPlpc">The same as a fraction of the cost.</param>
/// <param name="CurrentPrice">The newest price known.</param>
internal sealed record BrokerPosition(
    [property: JsonPropertyName("asset_id")] Guid AssetId,
    string Symbol,
    string Exchange,
    [property: JsonPropertyName("asset_class")] string AssetClass,
    [property: JsonPropertyName("qty")] decimal Quantity,
    [property: JsonPropertyName("qty_available")] decimal AvailableQuantity,
    string Side,
    [property: JsonPropertyName("avg_entry_price")] decimal AverageEntryPrice,
    [property: JsonPropertyName("cost_basis")] decimal CostBasis,
    [property: JsonPropertyName("market_value")] decimal MarketValue,
    [property: JsonPropertyName("unrealized_pl")] decimal UnrealizedPl,
    [property: JsonPropertyName("unrealized_plpc")] decimal UnrealizedPlpc,
    [property: JsonPropertyName("current_price")] decimal? CurrentPrice)
{
    [JsonPropertyName("asset_marginable")]
    public bool AssetMarginable { get; }
}
