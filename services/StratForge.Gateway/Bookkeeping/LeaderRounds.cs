using Npgsql;

namespace StratForge.Gateway.Bookkeeping;

/// <summary>Something that the gateway that keeps the books does again and again. Nothing is remembered between rounds: each looks at what is
/// missing, so the next keeper goes on wherever this one was killed.</summary>
/// <param name="books">The books.</param>
/// <param name="every">Pause between two rounds.</param>
/// <param name="clock">Measures it.</param>
/// <param name="logger">Told of rounds that could not be ended.</param>
internal abstract partial class LeaderRounds(BookKeeper books, TimeSpan every, TimeProvider clock, ILogger logger) : BackgroundService
{
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!books.IsLeading)
            {
                continue;
            }

            try
            {
                await RoundAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is NpgsqlException or NotLeadingException or TimeoutException)
            {
                LogPostponed(GetType().Name, exception.Message);
            }
        }
    }

    /// <summary>Does what is missing now.</summary>
    protected abstract Task RoundAsync(CancellationToken cancellationToken);

    [LoggerMessage(LogLevel.Warning, "{Work} goes on at the next turn: {Reason}")]
    private partial void LogPostponed(string work, string reason);
}
