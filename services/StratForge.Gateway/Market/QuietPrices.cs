using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Market;

/// <summary>Asks the broker for prices of what users hold and nobody streams: a position outlives the session that opened it,
/// and its owner still wants to see what it is worth.</summary>
internal sealed partial class QuietPrices(
    NpgsqlDataSource database, LastPrices prices, VenuePrices venue, TimeProvider clock, ILogger<QuietPrices> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    // A streamed symbol is heard several times a minute; one that is not heard for so long is not streamed.
    private static readonly TimeSpan QuietAfter = TimeSpan.FromSeconds(60);

    // Ten requests a minute of the broker's 200; with more symbols than that each waits its turn.
    private const int MostAtOnce = 5;

    // Of held symbols. Those that the broker has no quote of would otherwise be asked for ever, and the others never.
    private Dictionary<string, DateTimeOffset> _askedAt = new(StringComparer.Ordinal);

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

    /// <summary>Asks for the prices that it has not asked for longest.</summary>
    internal async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Command("select distinct symbol from positions where quantity <> 0");
        var held = await command.ListAsync(rows => rows.GetString(0), cancellationToken);
        var now = clock.GetUtcNow();
        var quiet = held
            .Where(symbol => prices.HeardAt(symbol) is not { } heardAt || heardAt < now - QuietAfter)
            .OrderBy(symbol => _askedAt.GetValueOrDefault(symbol))
            .Take(MostAtOnce)
            .ToList();
        _askedAt = held.Where(_askedAt.ContainsKey).ToDictionary(symbol => symbol, symbol => _askedAt[symbol], StringComparer.Ordinal);
        foreach (var symbol in quiet)
        {
            _askedAt[symbol] = now;
            await venue.AskAsync(symbol, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Prices of held symbols are refreshed at the next turn: {Reason}")]
    private partial void LogPostponed(string reason);
}
