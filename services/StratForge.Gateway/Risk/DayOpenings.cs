using Npgsql;
using StratForge.Gateway.Market;

namespace StratForge.Gateway.Risk;

/// <summary>With how much equity each account began the market's day (UTC), or began anew on it: its first sample since. Reads only while somebody's loss is
/// limited.</summary>
internal sealed partial class DayOpenings(
    RiskStore store, RiskBooks books, LastPrices prices, TimeProvider clock, ILogger<DayOpenings> logger) : BackgroundService
{
    // A fast market's day passes in less than a minute.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    // Accounts that wake up or begin anew during the day get their opening so much later.
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(10);

    private volatile IReadOnlyDictionary<Guid, decimal> _openings = new Dictionary<Guid, decimal>();

    /// <summary>Accounts that have an opening today.</summary>
    public IEnumerable<Guid> Users => _openings.Keys;

    /// <summary>Equity of an account when the market's day began; null while there is no sample of the day.</summary>
    public decimal? Find(Guid userId) => _openings.TryGetValue(userId, out var equity) ? equity : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        (DateOnly Day, DateTimeOffset At)? read = null;
        do
        {
            if (!books.Current.LimitsLosses || prices.MarketTime is not { } marketTime)
            {
                continue;
            }

            var (day, now) = (DateOnly.FromDateTime(marketTime.UtcDateTime), clock.GetUtcNow());
            if (read is { } last && last.Day == day && now - last.At < ReadEvery)
            {
                continue;
            }

            try
            {
                _openings = await store.ReadOpeningsAsync(
                    new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero), marketTime, stoppingToken);
                read = (day, now);
            }
            catch (NpgsqlException exception)
            {
                LogPostponed(exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Warning, "The day's openings are read again at the next turn: {Reason}")]
    private partial void LogPostponed(string reason);
}
