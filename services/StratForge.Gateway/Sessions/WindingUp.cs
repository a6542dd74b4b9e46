using StratForge.Contracts.Sessions;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Orders;
using StratForge.Gateway.Risk;
using StratForge.Trading.Risk;

namespace StratForge.Gateway.Sessions;

/// <summary>Does what the stop policies of ended and ending sessions ask for: cancels their orders, has their positions closed, and calls a
/// session stopped once its worker has let go and nothing is left to do.</summary>
/// <remarks>Positions are closed by the session's own switch on flatten, which closes each exactly once (docs/risk.md).</remarks>
internal sealed partial class WindingUp(
    SessionStore sessions, BookKeeper books, OrderCancels cancels, IClosingDesk desk, RiskBooks risks, RiskDesk risk, TimeProvider clock,
    ILogger<WindingUp> logger) : LeaderRounds(books, RoundEvery, clock, logger)
{
    /// <summary>Reason of the switch that closes positions at a stop: by it the switch is known as ours and put back.</summary>
    public const string Reason = "The session ends, and its stop policy is flatten.";

    private static readonly TimeSpan RoundEvery = TimeSpan.FromMilliseconds(500);

    private readonly ILogger<WindingUp> _logger = logger;

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        // All of them, however many can't end yet: those behind would wait for ever.
        List<EndingSession> ending = [];
        do
        {
            ending = await sessions.ListEndingAsync(ending.LastOrDefault()?.Id, cancellationToken);
            foreach (var session in ending)
            {
                await WindUpAsync(session, cancellationToken);
            }
        }
        while (ending.Count == SessionStore.AtOnce);
    }

    private async Task WindUpAsync(EndingSession session, CancellationToken cancellationToken)
    {
        var key = SwitchKey.OfSession(session.UserId, session.Id);
        if (session.IsClear)
        {
            await ReleaseAsync(key, cancellationToken);
            if (await sessions.FinishAsync(session.Id, cancellationToken))
            {
                LogWoundUp(_logger, session.Id, session.Policy);
            }

            return;
        }

        switch (session.Policy)
        {
            case StopPolicy.Flatten when risks.Current.Find(key)?.Mode != TradingMode.Flatten:
                await risk.SetModeAsync(key, TradingMode.Flatten, Reason, session.UserId, cancellationToken);
                break;
            case StopPolicy.Cancel:
                await ReleaseAsync(key, cancellationToken);
                foreach (var order in await desk.ListOrdersAsync(key, cancellationToken))
                {
                    await cancels.CancelAsync(order.UserId, order.Id, cancellationToken);
                }

                break;
        }
    }

    // Its owner may have changed the policy meanwhile; a switch that he set himself stays.
    private async Task ReleaseAsync(SwitchKey key, CancellationToken cancellationToken)
    {
        if (risks.Current.Find(key) is { Mode: TradingMode.Flatten, Reason: Reason })
        {
            await risk.SetModeAsync(key, TradingMode.Normal, null, key.UserId!.Value, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "Session {SessionId} is wound up: {Policy}")]
    private static partial void LogWoundUp(ILogger logger, Guid sessionId, StopPolicy policy);
}

/// <summary>A session that ends, or failed, with something left to do.</summary>
/// <param name="Id">The session.</param>
/// <param name="UserId">Its owner.</param>
/// <param name="Policy">What is to be done.</param>
/// <param name="IsClear">Whether that is done: nothing is open, nothing is held that should not be.</param>
internal sealed record EndingSession(Guid Id, Guid UserId, StopPolicy Policy, bool IsClear);
