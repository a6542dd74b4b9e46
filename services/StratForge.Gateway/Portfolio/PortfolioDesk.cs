using StratForge.Gateway.Hosting;
using StratForge.Gateway.Market;

namespace StratForge.Gateway.Portfolio;

/// <summary>The books at the market's prices.</summary>
internal sealed class PortfolioDesk(PortfolioStore store, LastPrices prices, TimeProvider clock)
{
    public async Task<PortfolioResponse> ShowAsync(Guid userId, CancellationToken cancellationToken)
    {
        var books = await store.ReadBooksAsync(userId, cancellationToken);
        var positions = await ValueAsync(books, cancellationToken);
        var equity = books.Cash + positions.Sum(position => position.MarketValue);
        var now = prices.MarketTime ?? clock.Now();
        var dayBegan = await store.FindFirstSampleAsync(userId, new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero), now, cancellationToken);
        var history = await store.ListSamplesAsync(userId, now, cancellationToken);
        if (history.Count == 0 || history[^1].At < now)
        {
            history.Add(new EquitySample(now, equity));
        }

        return new PortfolioResponse(
            books.Cash,
            books.Reserved,
            books.Available,
            equity,
            dayBegan is null ? 0 : equity - dayBegan.Equity,
            books.RealisedPnl,
            positions.Sum(position => position.UnrealisedPnl),
            positions,
            history,
            now);
    }

    public async Task<(Books Books, IReadOnlyList<Position> Positions)> ValueAsync(Guid userId, CancellationToken cancellationToken)
    {
        var books = await store.ReadBooksAsync(userId, cancellationToken);
        return (books, await ValueAsync(books, cancellationToken));
    }

    private async Task<IReadOnlyList<Position>> ValueAsync(Books books, CancellationToken cancellationToken)
    {
        var last = await prices.FindAsync([.. books.Holdings.Select(holding => holding.Symbol)], cancellationToken);
        return [.. books.Holdings.Select(holding => Valuation.Value(holding, last.GetValueOrDefault(holding.Symbol)))];
    }
}
