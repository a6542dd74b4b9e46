using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using StratForge.Contracts.Market;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Portfolio;

/// <summary>The caller's virtual account as Alpaca would show it if it were a real one of their own.</summary>
internal static class BrokerViews
{
    // Whether somebody may sell short does not depend on what.
    private const string AnySymbol = "SPY";

    public static void MapBrokerViews(this IEndpointRouteBuilder routes)
    {
        var trade = routes.MapGroup("/trade").WithTags("Trading").RequireAuthorization();
        trade.MapGet("/account", Account);
        trade.MapGet("/positions", Positions);
        trade.MapGet("/positions/{**symbol}", Position);
    }

    private static async Task<BrokerAccount> Account(
        Caller caller, PortfolioDesk desk, IRiskDesk risk, TimeProvider clock, CancellationToken cancellationToken)
    {
        var account = await desk.ValueAsync(caller.UserId, cancellationToken);
        var opening = await desk.FindOpeningAsync(caller.UserId, account.Books, cancellationToken);
        var longs = account.Positions.Where(position => position.Quantity > 0).Sum(position => position.MarketValue);
        var shorts = account.Positions.Where(position => position.Quantity < 0).Sum(position => position.MarketValue);
        return new BrokerAccount(
            caller.UserId,
            $"VA{Convert.ToHexString(caller.UserId.ToByteArray(bigEndian: true)[^5..])}",
            account.Books.Cash,
            account.Equity,
            account.Equity,
            opening?.Equity ?? account.Equity,
            account.Books.Available,
            account.Books.Available,
            longs,
            shorts,
            longs + shorts,
            longs + account.Books.Margin,
            longs + account.Books.Margin,
            risk.TermsFor(caller.UserId, null, AnySymbol, clock.GetUtcNow()).Limits.AllowShorting,
            account.Books.OpenedAt);
    }

    private static async Task<IReadOnlyList<BrokerPosition>> Positions(
        Caller caller, PortfolioDesk desk, CancellationToken cancellationToken) =>
        Sum(await desk.ValueAsync(caller.UserId, cancellationToken));

    private static async Task<Results<Ok<BrokerPosition>, ProblemHttpResult>> Position(
        string symbol, Caller caller, PortfolioDesk desk, CancellationToken cancellationToken)
    {
        // A pair may come with its slash, as itself or escaped, or as positions spell it.
        var spelled = Spell(Uri.UnescapeDataString(symbol));
        return Sum(await desk.ValueAsync(caller.UserId, cancellationToken)).FirstOrDefault(position => position.Symbol == spelled) is { } found
            ? TypedResults.Ok(found)
            : Problems.NotFound("unknown-position", $"You have no position in {spelled}.");
    }

    private static string Spell(string symbol) => symbol.Replace("/", "", StringComparison.Ordinal);

    // The venue knows one position per symbol: that of all sessions and of the hand together.
    private static IReadOnlyList<BrokerPosition> Sum(ValuedAccount account)
    {
        var available = account.Books.Holdings
            .GroupBy(holding => holding.Symbol, StringComparer.Ordinal)
            .ToDictionary(
                symbol => symbol.Key,
                symbol => symbol.Sum(holding => holding.Quantity - (Math.Sign(holding.Quantity) * holding.Reserved)),
                StringComparer.Ordinal);
        return
        [
            .. account.Positions
                .GroupBy(position => position.Symbol, StringComparer.Ordinal)
                .Select(symbol => Sum(symbol.Key, [.. symbol], available[symbol.Key]))
                .Where(position => position.Quantity != 0),
        ];
    }

    private static BrokerPosition Sum(string symbol, IReadOnlyList<Position> parts, decimal available)
    {
        var quantity = parts.Sum(part => part.Quantity);
        var cost = parts.Sum(part => part.Quantity * part.AveragePrice);
        var unrealised = parts.Sum(part => part.UnrealisedPnl);
        var crypto = Symbols.ClassOf(symbol) == AssetClass.Crypto;
        return new BrokerPosition(
            AssetIdOf(symbol),
            Spell(symbol),
            crypto ? "CRYPTO" : "",
            crypto ? "crypto" : "us_equity",
            quantity,
            available,
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

/// <summary>A position in Alpaca's shape.</summary>
/// <param name="AssetId">Derived from the symbol.</param>
/// <param name="Symbol">Crypto without its slash, as the venue spells positions.</param>
/// <param name="Exchange"><c>CRYPTO</c>, or empty: a stock's listing does not matter to a virtual account.</param>
/// <param name="AssetClass"><c>us_equity</c> or <c>crypto</c>.</param>
/// <param name="Quantity">Units; below zero is short.</param>
/// <param name="AvailableQuantity">Units that no open order holds; below zero when short.</param>
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
