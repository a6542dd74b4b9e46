using Npgsql;
using StratForge.Alpaca;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Market;

/// <summary>Asks the broker for prices of what users hold and nobody streams: a position outlives the session that opened it,
/// and its owner still wants to see what it is worth.</summary>
internal sealed partial class QuietPrices(
    NpgsqlDataSource database, LastPrices prices, IBroker broker, TimeProvider clock, ILogger<QuietPrices> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    // A streamed symbol is heard several times a minute; one that is not heard for so long is not streamed.
    private static readonly TimeSpan QuietAfter = TimeSpan.FromSeconds(60);

    // Ten requests a minute of the broker's 200; with more symbols than that each waits its turn.
    private const int MostAtOnce = 5;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RefreshAsync(stoppingToken);
            }
            catch (NpgsqlException exception)
            {
                LogPostponed(exception.Message);
            }
        }
    }

    /// <summary>Asks for the prices that are oldest.</summary>
    internal async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Command("select distinct symbol from positions where quantity <> 0");
        var held = await command.ListAsync(rows => rows.GetString(0), cancellationToken);
        var before = clock.GetUtcNow() - QuietAfter;
        var quiet = held
            .Select(symbol => (Symbol: symbol, HeardAt: prices.HeardAt(symbol)))
            .Where(price => price.HeardAt is null || price.HeardAt < before)
            .OrderBy(price => price.HeardAt)
            .Take(MostAtOnce);
        foreach (var (symbol, _) in quiet)
        {
            try
            {
                if (await broker.FindQuoteAsync(symbol, cancellationToken) is { BidPrice: > 0, AskPrice: > 0 } quote)
                {
                    prices.NoteAsked(new LastPrice(
                        symbol, (quote.BidPrice + quote.AskPrice) / 2, quote.Time, quote.BidPrice, quote.AskPrice));
                }
            }
            catch (AlpacaException exception)
            {
                LogPostponed(exception.Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Prices of held symbols are refreshed at the next turn: {Reason}")]
    private partial void LogPostponed(string reason);
}
