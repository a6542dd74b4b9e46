using Npgsql;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Market;
using StratForge.Gateway.Sessions;

namespace StratForge.Gateway.Portfolio;

/// <summary>Stores the equity of every active user, and the profit of every active session, once a minute, as of the market's time.</summary>
/// <remarks>One gateway does it: the one that holds the lock, for as long as its connection lives.</remarks>
internal sealed partial class EquitySampler(
    NpgsqlDataSource database, LastPrices prices, TimeProvider clock, ILogger<EquitySampler> logger) : BackgroundService
{
    private static readonly TimeSpan SampleEvery = TimeSpan.FromMinutes(1);

    // Between samples it looks whether the market's day has changed: a fast market passes a day in less than a minute, and the
    // first sample of a day is what its gains are counted from.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryEvery = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await LeadAsync(stoppingToken);
            }
            catch (NpgsqlException exception)
            {
                LogInterrupted(exception.Message);
            }

            await Task.Delay(RetryEvery, clock, stoppingToken);
        }
    }

    /// <summary>Samples everyone now. Does nothing while the market's time is unknown.</summary>
    internal async Task SampleAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (prices.MarketTime is not { } marketTime)
        {
            return;
        }

        var active = await PortfolioStore.ReadActiveAsync(connection, cancellationToken);
        var last = await prices.FindAsync(
            [.. active.Values.SelectMany(account => account.Holdings).Select(holding => holding.Symbol).Distinct()], cancellationToken);
        Guid[] users = [.. active.Keys];
        await PerformanceStore.SampleAsync(connection, marketTime, symbol => last.GetValueOrDefault(symbol), cancellationToken);
        await PortfolioStore.AddSamplesAsync(
            connection,
            marketTime,
            users,
            [.. users.Select(user => active[user].Cash + active[user].Holdings.Sum(
                holding => Valuation.Value(holding, last.GetValueOrDefault(holding.Symbol)).MarketValue))],
            [.. users.Select(user => active[user].Cash)],
            cancellationToken);
    }

    private async Task LeadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var elect = connection.Command("select pg_try_advisory_lock(hashtextextended('equity-sampler', 0))");
        if (!(bool)(await elect.ExecuteScalarAsync(cancellationToken))!)
        {
            return;
        }

        try
        {
            await SampleAgainAndAgainAsync(connection, cancellationToken);
        }
        finally
        {
            if (connection.FullState.HasFlag(System.Data.ConnectionState.Open))
            {
                await using var release = connection.Command("select pg_advisory_unlock(hashtextextended('equity-sampler', 0))");
                await release.ExecuteNonQueryAsync(CancellationToken.None);
            }
        }
    }

    private async Task SampleAgainAndAgainAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        DateTimeOffset? sampledAt = null;
        DateTime? sampledDay = null;
        using var timer = new PeriodicTimer(LookEvery, clock);
        do
        {
            var now = clock.GetUtcNow();
            var day = prices.MarketTime?.UtcDateTime.Date;
            if (day is not null && (sampledAt is null || now - sampledAt >= SampleEvery || day != sampledDay))
            {
                await SampleAsync(connection, cancellationToken);
                (sampledAt, sampledDay) = (now, day);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    [LoggerMessage(LogLevel.Warning, "Equity is not sampled for a while: {Reason}")]
    private partial void LogInterrupted(string reason);
}
