using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Market;
using StratForge.Gateway.Portfolio;

namespace StratForge.Gateway.Alerts;

/// <summary>Looks once a second at alerts about what accounts and sessions are worth, at the newest prices: one look at the books for all of
/// them, however many prices and fills came meanwhile.</summary>
internal sealed class EquityAlerts(
    EquityStore store, AlertList list, AlertFirings firings, LastPrices prices, BookKeeper books, TimeProvider clock, ILogger<EquityAlerts> logger)
    : LeaderRounds(books, LookEvery, clock, logger)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly Peaks _peaks = new(clock);

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        _peaks.Begin();
        var alerts = list.OfEquity;
        if (alerts.Count == 0 || prices.MarketTime is not { } marketTime)
        {
            return;
        }

        Guid[] users = [.. alerts.Where(alert => alert.Rule.SessionId is null).Select(alert => alert.Rule.UserId).Distinct()];
        Guid[] sessions = [.. alerts.Where(alert => alert.Rule.SessionId is not null).Select(alert => alert.Rule.SessionId!.Value).Distinct()];
        var day = new DateTimeOffset(marketTime.UtcDateTime.Date, TimeSpan.Zero);
        var accounts = users.Length == 0 ? [] : await store.ReadAccountsAsync(users, day, marketTime, cancellationToken);
        var runs = sessions.Length == 0 ? [] : await store.ReadSessionsAsync(sessions, cancellationToken);
        var last = await prices.FindAsync(
            [.. accounts.Values.Concat(runs.Values).SelectMany(equity => equity.Holdings).Select(holding => holding.Symbol).Distinct(StringComparer.Ordinal)],
            cancellationToken);
        foreach (var alert in alerts)
        {
            var rule = alert.Rule;
            var (key, booked) = rule.SessionId is { } session
                ? (session, runs.GetValueOrDefault(session))
                : (rule.UserId, accounts.GetValueOrDefault(rule.UserId));
            if (booked is not null && await MeasureAsync(rule, key, booked, last, marketTime, cancellationToken) is { } value)
            {
                firings.Look(alert, value, marketTime);
            }
        }
    }

    private async Task<decimal?> MeasureAsync(
        AlertRule rule, Guid key, BookedEquity booked, IReadOnlyDictionary<string, LastPrice> last, DateTimeOffset marketTime,
        CancellationToken cancellationToken)
    {
        var worth = booked.Base + booked.Holdings.Sum(holding => WorthOf(holding, last.GetValueOrDefault(holding.Symbol), rule.SessionId is null));
        if (rule.Kind.Watches == Watched.Pnl)
        {
            return worth - booked.Opening;
        }

        var peak = await PeakAsync(rule, key, booked, worth, marketTime, cancellationToken);
        return rule.Kind.Watches == Watched.Drawdown ? peak - worth
            : peak > 0 ? decimal.Round((peak - worth) / peak * 100, 4)
            : null;
    }

    // An account is worth all that it has, a session what it gained.
    private static decimal WorthOf(Holding holding, LastPrice? last, bool isOfAccount)
    {
        var position = Valuation.Value(holding, last);
        return isOfAccount ? position.MarketValue : holding.RealisedPnl + position.UnrealisedPnl;
    }

    private async Task<decimal> PeakAsync(
        AlertRule rule, Guid key, BookedEquity booked, decimal worth, DateTimeOffset marketTime, CancellationToken cancellationToken)
    {
        // Read once; from then on nothing higher goes by unseen.
        var known = _peaks.Find(key, booked.Era)
            ?? (rule.SessionId is null
                ? await store.ReadAccountPeakAsync(key, booked.Era, marketTime, cancellationToken) ?? worth
                // A session that never gained anything falls from zero.
                : decimal.Max(await store.ReadSessionPeakAsync(key, cancellationToken) ?? 0, 0));
        var peak = decimal.Max(known, worth);
        _peaks.Note(key, booked.Era, peak);
        return peak;
    }
}
