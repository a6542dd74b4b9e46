using Npgsql;
using StratForge.Contracts.Sessions;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Sessions;

/// <summary>Tells owners of what happened to their sessions elsewhere: a worker loaded one, one failed, one came to its end.</summary>
/// <remarks>The row is the outbox: whatever differs from what was told last is told, however it came about and whatever was killed
/// meanwhile. A state that lasted for less than a look may go untold; the last one never does.</remarks>
internal sealed partial class SessionTeller(SessionStore sessions, BookKeeper books, TimeProvider clock, ILogger<SessionTeller> logger) : BackgroundService
{
    // Finding nothing costs a look at an empty index.
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (!books.IsLeading)
            {
                continue;
            }

            try
            {
                await TellAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is NpgsqlException or NotLeadingException)
            {
                LogPostponed(exception.Message);
            }
        }
    }

    /// <summary>Tells what was not told yet.</summary>
    internal async Task TellAsync(CancellationToken cancellationToken)
    {
        foreach (var (userId, news) in await sessions.ListUntoldAsync(cancellationToken))
        {
            try
            {
                await books.AskAsync(
                    new SessionChange(
                        userId, news, new Statement("select tell_session($1, $2)", news.SessionId, SessionLifecycle.Spell(news.Status))),
                    cancellationToken);
            }
            catch (PostgresException exception) when (exception.SqlState == SessionChange.Overtaken)
            {
                // Told by another, or changed again: the next look sees what is left to say.
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "News of sessions are told at the next turn: {Reason}")]
    private partial void LogPostponed(string reason);
}
