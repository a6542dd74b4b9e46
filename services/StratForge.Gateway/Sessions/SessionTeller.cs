using Npgsql;
using StratForge.Contracts.Sessions;
using StratForge.Gateway.Bookkeeping;

namespace StratForge.Gateway.Sessions;

/// <summary>Tells owners of what happened to their sessions elsewhere: a worker loaded one, one failed, one came to its end.</summary>
/// <remarks>The row is the outbox: whatever differs from what was told last is told, however it came about and whatever was killed
/// meanwhile. A state that lasted for less than a look may go untold; the last one never does.</remarks>
internal sealed class SessionTeller(SessionStore sessions, BookKeeper books, TimeProvider clock, ILogger<SessionTeller> logger)
    : LeaderRounds(books, LookEvery, clock, logger)
{
    // Finding nothing costs a look at an empty index.
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    private readonly BookKeeper _books = books;

    // All at once: they share a transaction.
    protected override async Task RoundAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(
            (await sessions.ListUntoldAsync(cancellationToken)).Select(untold => TellAsync(untold.UserId, untold.News, cancellationToken)));

    private async Task TellAsync(Guid userId, SessionEvent news, CancellationToken cancellationToken)
    {
        try
        {
            await _books.AskAsync(
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
