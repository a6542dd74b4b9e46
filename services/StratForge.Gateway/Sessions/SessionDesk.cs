using StratForge.Contracts.Market;
using StratForge.Gateway.Broker;

namespace StratForge.Gateway.Sessions;

/// <summary>Starts and stops sessions: first in the table, then on the bus.</summary>
internal sealed class SessionDesk(SessionStore sessions, Subscriptions subscriptions, ListedAssets assets)
{
    public async Task<StartOutcome> StartAsync(Guid userId, NewSession request, CancellationToken cancellationToken)
    {
        var outcome = await sessions.StartAsync(userId, request, IsListed, cancellationToken);
        if (outcome is StartOutcome.Started { Event: var update })
        {
            // Committed: whether or not the caller waits for the answer, the others are told.
            await subscriptions.WantAsync(update, CancellationToken.None);
        }

        return outcome;
    }

    /// <summary>Stops one session; once is as good as twice.</summary>
    public async Task<StopOutcome> StopAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        var marked = await sessions.StopAsync(userId, id, strategyId: null, cancellationToken);
        await ReleaseAsync(marked);
        return await sessions.FindAsync(userId, id, cancellationToken) switch
        {
            null => new StopOutcome.Unknown(),
            { EndedAt: not null } when marked.Count == 0 => new StopOutcome.Ended(),
            _ => new StopOutcome.Stopping(),
        };
    }

    /// <summary>Stops every open session of a strategy.</summary>
    /// <returns>Those that were not stopping already.</returns>
    public async Task<IReadOnlyList<Guid>> StopAllAsync(Guid userId, Guid strategyId, CancellationToken cancellationToken)
    {
        var marked = await sessions.StopAsync(userId, sessionId: null, strategyId, cancellationToken);
        await ReleaseAsync(marked);
        return [.. marked.Select(update => update.SessionId!.Value)];
    }

    // Before the broker's list was ever read, a well-formed symbol is believed.
    private bool IsListed(string symbol) => !assets.Known || assets.Find(symbol) is { Tradable: true };

    private async Task ReleaseAsync(IReadOnlyList<SubscriptionUpdate> marked)
    {
        foreach (var update in marked)
        {
            await subscriptions.ReleaseAsync(update, CancellationToken.None);
        }
    }
}
