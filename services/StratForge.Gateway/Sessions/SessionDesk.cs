using Npgsql;
using StratForge.Contracts.Market;
using StratForge.Contracts.Sessions;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Risk;
using StratForge.Trading.Risk;

namespace StratForge.Gateway.Sessions;

/// <summary>Starts sessions, first in the table, then on the bus; and steers them, in the order of the books.</summary>
internal sealed class SessionDesk(
    SessionStore sessions, Subscriptions subscriptions, ListedAssets assets, BookKeeper books, RiskDesk risk, TimeProvider clock)
{
    // Each time the session has gone another way in between; nobody's sessions change that often.
    private const int Attempts = 5;

    /// <summary>Starts a session.</summary>
    /// <param name="userId">Whose.</param>
    /// <param name="id">Its id: one that is there already is the answer.</param>
    /// <param name="request">What to start.</param>
    /// <param name="cancellationToken">The caller's patience.</param>
    public async Task<StartOutcome> StartAsync(Guid userId, Guid id, NewSession request, CancellationToken cancellationToken)
    {
        var outcome = await sessions.StartAsync(userId, id, request, IsListed, cancellationToken);
        if (outcome is StartOutcome.Started { Event: var update })
        {
            // Committed: whether or not the caller waits for the answer, the others are told.
            await subscriptions.WantAsync(update, CancellationToken.None);
        }

        return outcome;
    }

    /// <summary>Pauses, resumes or stops one session; once is as good as twice.</summary>
    /// <param name="userId">Who asks.</param>
    /// <param name="id">The session.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="policy">With a stop: what becomes of orders and positions; null for what was said at the start, or at the last stop.</param>
    /// <param name="cancellationToken">The caller's patience.</param>
    /// <exception cref="NotLeadingException">The books are kept elsewhere.</exception>
    public async Task<SteerOutcome> SteerAsync(
        Guid userId, Guid id, SessionCommand command, StopPolicy? policy, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await sessions.FindStandingAsync(userId, id, cancellationToken) is not { } standing)
            {
                return new SteerOutcome.Unknown();
            }

            var step = SessionLifecycle.Apply(command, standing.Status);
            if (step is SessionStep.Refused(var code))
            {
                return new SteerOutcome.Refused(code, standing.Status);
            }

            var changesPolicy = command == SessionCommand.Stop && policy is not null && policy != standing.Policy;
            if (step is SessionStep.Already && (!changesPolicy || SessionLifecycle.IsFinal(standing.Status)))
            {
                return new SteerOutcome.Done((await sessions.FindAsync(userId, id, cancellationToken))!, Changed: false);
            }

            var to = step is SessionStep.To(var next) ? next : standing.Status;
            try
            {
                await books.AskAsync(new SessionChange(userId, standing.Tell(to), Write(standing, to, policy)), cancellationToken);
            }
            catch (PostgresException exception) when (exception.SqlState == SessionChange.Overtaken && attempt < Attempts)
            {
                continue;
            }

            if (to == SessionStatus.Stopping)
            {
                await subscriptions.ReleaseAsync(standing.Release(), CancellationToken.None);
            }

            return new SteerOutcome.Done((await sessions.FindAsync(userId, id, cancellationToken))!, Changed: true);
        }
    }

    /// <summary>Lets a session only reduce what it holds, or trade as before.</summary>
    /// <param name="userId">Who asks.</param>
    /// <param name="id">The session.</param>
    /// <param name="on">Whether it may only reduce.</param>
    /// <param name="reason">Why, for the record of changes.</param>
    /// <param name="cancellationToken">The caller's patience.</param>
    /// <exception cref="NotLeadingException">The books are kept elsewhere.</exception>
    public async Task<SteerOutcome> ReduceOnlyAsync(Guid userId, Guid id, bool on, string? reason, CancellationToken cancellationToken)
    {
        if (await sessions.FindStandingAsync(userId, id, cancellationToken) is not { } standing)
        {
            return new SteerOutcome.Unknown();
        }

        if (SessionLifecycle.IsFinal(standing.Status) || standing.Status == SessionStatus.Stopping)
        {
            return new SteerOutcome.Refused(standing.Status == SessionStatus.Stopping ? "session-stopping" : "session-ended", standing.Status);
        }

        var mode = on ? TradingMode.ReduceOnly : TradingMode.Normal;
        var changed = standing.Mode != TradingModes.Spell(mode);
        if (changed)
        {
            await risk.SetModeAsync(SwitchKey.OfSession(userId, id), mode, reason, userId, cancellationToken);
            var news = standing.Tell(standing.Status) with { TradingMode = TradingModes.Spell(mode) };
            await books.AskAsync(new SessionChange(userId, news, write: null), cancellationToken);
        }

        return new SteerOutcome.Done((await sessions.FindAsync(userId, id, cancellationToken))!, changed);
    }

    /// <summary>Stops every open session of a strategy.</summary>
    /// <returns>Those that were not stopping already.</returns>
    /// <exception cref="NotLeadingException">The books are kept elsewhere.</exception>
    public async Task<IReadOnlyList<Guid>> StopAllAsync(Guid userId, Guid strategyId, StopPolicy? policy, CancellationToken cancellationToken)
    {
        var stopped = new List<Guid>();
        foreach (var id in await sessions.ListOpenAsync(userId, strategyId, cancellationToken))
        {
            if (await SteerAsync(userId, id, SessionCommand.Stop, policy, cancellationToken) is SteerOutcome.Done { Changed: true })
            {
                stopped.Add(id);
            }
        }

        return stopped;
    }

    private Statement Write(SessionStanding standing, SessionStatus to, StopPolicy? policy) => new(
        "select change_session($1, $2, $3, $4, $5)",
        standing.Id, new[] { SessionLifecycle.Spell(standing.Status) }, SessionLifecycle.Spell(to), policy is { } given ? StopPolicies.Spell(given) : "",
        clock.Now());

    // Before the broker's list was ever read, a well-formed symbol is believed.
    private bool IsListed(string symbol) => !assets.Known || assets.Find(symbol) is { Tradable: true };
}

/// <summary>Where a session stands, for whoever wants to change that.</summary>
/// <param name="Id">The session.</param>
/// <param name="StrategyId">Its strategy.</param>
/// <param name="Symbol">What it trades.</param>
/// <param name="Type">The symbol's asset class.</param>
/// <param name="Status">Its state.</param>
/// <param name="Policy">What becomes of its orders and positions when it ends.</param>
/// <param name="Mode">Its own switch.</param>
internal sealed record SessionStanding(
    Guid Id, Guid StrategyId, string Symbol, AssetClass Type, SessionStatus Status, StopPolicy Policy, string Mode)
{
    /// <summary>What its owner is told when it comes to a state.</summary>
    public SessionEvent Tell(SessionStatus to) => new(Id, StrategyId, Symbol, to, Mode);

    /// <summary>What workers and ingestor are told when it is to stop.</summary>
    public SubscriptionUpdate Release() => new(SubscriptionUpdate.Unsubscribe, Symbol, Type, StrategyId, Id);
}
