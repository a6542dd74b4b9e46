using StratForge.Contracts.Sessions;
using StratForge.Gateway.Bookkeeping;

namespace StratForge.Gateway.Sessions;

/// <summary>Writes where a session stands in the order of the books: what is taken in after it is judged by it, and its owner's event
/// tells of it in the same transaction.</summary>
/// <param name="userId">The session's owner.</param>
/// <param name="told">Where it stands then.</param>
/// <param name="write">Writes that; fails with <see cref="Overtaken"/> when it is no longer so.</param>
internal sealed class SessionChange(Guid userId, SessionEvent told, Statement? write) : BookQuestion<bool>
{
    /// <summary>SQLSTATE when the session has gone another way meanwhile.</summary>
    public const string Overtaken = "SF004";

    public override string Fence => Overtaken;

    public override IEnumerable<Guid> Users => [userId];

    protected override bool Decide(BookWork work)
    {
        var account = work.House.FindAccount(userId) ?? throw new InvalidOperationException($"User {userId} has sessions and no account.");
        work.House.Tell(account, told);
        if (write is not null)
        {
            work.Besides.Add(write);
        }

        work.Changed.Add(told.SessionId);
        return true;
    }
}
