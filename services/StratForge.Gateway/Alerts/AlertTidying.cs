using StratForge.Gateway.Bookkeeping;

namespace StratForge.Gateway.Alerts;

/// <summary>Forgets firings after 90 days and what was posted after 30, so that alerts which fire often fill nothing.</summary>
internal sealed class AlertTidying(AlertStore store, BookKeeper books, TimeProvider clock, ILogger<AlertTidying> logger)
    : LeaderRounds(books, TidyEvery, clock, logger)
{
    /// <summary>How long firings are kept.</summary>
    public static readonly TimeSpan FiringsFor = TimeSpan.FromDays(90);

    private static readonly TimeSpan TidyEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan DeliveriesFor = TimeSpan.FromDays(30);

    private readonly TimeProvider _clock = clock;

    protected override Task RoundAsync(CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        return store.TidyAsync(now - FiringsFor, now - DeliveriesFor, cancellationToken);
    }
}
