using Npgsql;

namespace StratForge.Gateway.Risk;

/// <summary>What accounts hold as it is booked, at most a second old. Reads only while somebody's loss is limited, and only the accounts
/// whose day has an opening to compare with.</summary>
internal sealed partial class StoredWorths(
    RiskStore store, RiskBooks books, DayOpenings openings, TimeProvider clock, ILogger<StoredWorths> logger) : BackgroundService, IAccountWorths
{
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(1);

    private volatile IReadOnlyDictionary<Guid, AccountWorth> _worths = new Dictionary<Guid, AccountWorth>();

    public AccountWorth? Find(Guid userId) => _worths.GetValueOrDefault(userId);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(ReadEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (books.Current.LimitsLosses)
                {
                    _worths = await store.ReadWorthsAsync([.. openings.Users], stoppingToken);
                }
            }
            catch (NpgsqlException exception)
            {
                LogPostponed(exception.Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "What accounts hold is read again at the next turn: {Reason}")]
    private partial void LogPostponed(string reason);
}
