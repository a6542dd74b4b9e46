using Npgsql;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Alerts;

/// <summary>Something that happened and that an alert has not told of.</summary>
/// <param name="AlertId">The alert.</param>
/// <param name="Subject">What it happened to, which fires the alert once.</param>
/// <param name="SessionId">The session, if it is one.</param>
/// <param name="Message">What happened.</param>
internal sealed record Untold(Guid AlertId, string Subject, Guid? SessionId, string Message);

/// <summary>Lets alerts fire for sessions that failed and for differences between books and broker. What happened is stored: whatever was
/// not told is told by whoever looks next.</summary>
internal sealed class EventAlerts(
    NpgsqlDataSource database, AlertList list, AlertFirings firings, BookKeeper books, TimeProvider clock, ILogger<EventAlerts> logger)
    : LeaderRounds(books, LookEvery, clock, logger)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    // That something was told is known by its firing. What is older than firings are kept was told and forgotten; a day is for clocks that differ.
    private static readonly TimeSpan TellFor = AlertTidying.FiringsFor - TimeSpan.FromDays(1);

    private const int MostAtOnce = 500;

    private readonly TimeProvider _clock = clock;

    protected override async Task RoundAsync(CancellationToken cancellationToken)
    {
        var alerts = list.OfEvents;
        if (alerts.Count == 0)
        {
            return;
        }

        foreach (var untold in await ListUntoldAsync(cancellationToken))
        {
            if (alerts.TryGetValue(untold.AlertId, out var alert))
            {
                await firings.FireAsync(alert, untold.Message, untold.Subject, untold.SessionId, cancellationToken);
            }
        }
    }

    private async Task<List<Untold>> ListUntoldAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            """
            select a.id, s.id::text, s.id,
                   'The session in ' || s.symbol || ' failed: ' || coalesce(nullif(left(s.failure_detail, 300), ''), s.failure_code)
            from alerts as a
            join sessions as s on s.user_id = a.user_id and s.status = 'FAILED' and s.ended_at >= greatest(a.armed_at, $2)
                                and s.id = coalesce(a.session_id, s.id)
            where a.enabled and a.kind = 'session_failed'
              and not exists (select from alert_firings where alert_id = a.id and subject = s.id::text)
            union all
            select a.id, h.id::text, null,
                   'The broker has ' || trim_scale(abs(h.difference)) || ' ' || h.asset || case when h.difference > 0 then ' more' else ' less' end
                   || ' than the books.'
            from alerts as a
            join users as u on u.id = a.user_id and u.role = 'admin'
            join reconciliation_history as h on h.kind = 'drift' and h.at >= greatest(a.armed_at, $2)
            where a.enabled and a.kind = 'reconciliation_drift'
              and not exists (select from alert_firings where alert_id = a.id and subject = h.id::text)
            limit $1
            """, MostAtOnce, _clock.GetUtcNow() - TellFor);
        return await command.ListAsync(
            rows => new Untold(rows.GetGuid(0), rows.GetString(1), rows.Maybe<Guid>(2), rows.GetString(3)), cancellationToken);
    }
}
