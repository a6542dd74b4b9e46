using System.Security.Cryptography;
using System.Text;
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
