using StratForge.Gateway.Hosting;
using StratForge.Gateway.Market;

namespace StratForge.Gateway.Portfolio;

/// <summary>An account at the market's prices.</summary>
/// <param name="Books">As booked.</param>
/// <param name="Positions">Its open positions at the newest prices.</param>
internal sealed record ValuedAccount(Books Books, IReadOnlyList<Position> Positions)
{
    public decimal Equity => Books.Cash + Positions.Sum(position => position.MarketValue);
}

/// <summary>The books at the market's prices.</summary>
internal sealed class PortfolioDesk(PortfolioStore store, LastPrices prices, TimeProvider clock)
{
    public async Task<PortfolioResponse> ShowAsync(Guid userId, EquityQuery query, CancellationToken cancellationToken)
    {
        var account = await ValueAsync(userId, cancellationToken);
        var (books, positions) = account;
        var now = MarketNow;
        var opening = await FindOpeningAsync(userId, books, cancellationToken);
        return new PortfolioResponse(
            books.Cash,
            books.Reserved,
            books.Margin,
            books.Available,
            account.Equity,
            opening is null ? 0 : account.Equity - opening.Equity,
            books.RealisedPnl,
            positions.Sum(position => position.UnrealisedPnl),
            positions,
            await ListEquityAsync(userId, account, query, now, cancellationToken),
            books.ResetAt,
            now);
    }

    public async Task<ValuedAccount> ValueAsync(Guid userId, CancellationToken cancellationToken)
    {
        var books = await store.ReadBooksAsync(userId, cancellationToken);
        var last = await prices.FindAsync([.. books.Holdings.Select(holding => holding.Symbol)], cancellationToken);
        return new ValuedAccount(books, [.. books.Holdings.Select(holding => Valuation.Value(holding, last.GetValueOrDefault(holding.Symbol)))]);
    }

    /// <summary>With how much equity the account began the market's day, or began anew during it; null when that is not known.</summary>
    public Task<EquitySample?> FindOpeningAsync(Guid userId, Books books, CancellationToken cancellationToken)
    {
        var now = MarketNow;
        var midnight = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        return store.FindFirstSampleAsync(userId, books.CountsFrom(now) is { } from && from > midnight ? from : midnight, now, cancellationToken);
    }

    private DateTimeOffset MarketNow => prices.MarketTime ?? clock.Now();

    private async Task<IReadOnlyList<EquitySample>> ListEquityAsync(
        Guid userId, ValuedAccount account, EquityQuery query, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var until = query.To is { } to && to < now ? to.ToUniversalTime() : now;

        // What was before a new beginning is history, for those who ask for it.
        var history = query.From is { } from
            ? await store.ListSamplesAsync(userId, from.ToUniversalTime(), until, query.Take, cancellationToken)
            : await store.ListNewestSamplesAsync(userId, account.Books.CountsFrom(now), until, query.Take, cancellationToken);
        if (until == now && (history.Count == 0 || history[^1].At < now))
        {
            history.Add(new EquitySample(now, account.Equity));
        }

        return history;
    }
}
