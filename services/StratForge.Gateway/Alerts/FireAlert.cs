using System.Text.Json;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Bookkeeping;

namespace StratForge.Gateway.Alerts;

/// <summary>Lets an alert fire: the firing, its owner's event and what is posted to webhooks are one transaction of the books.</summary>
/// <param name="rule">The alert as it was when that was decided.</param>
/// <param name="side">Where the value stands.</param>
/// <param name="told">What its owner is told.</param>
/// <param name="subject">The session or drift that it is about: it fires an alert once.</param>
/// <param name="marketAt">The market's time, where a price is behind it.</param>
/// <param name="deliveries">Ids of what is posted, one for each webhook of the alert.</param>
/// <remarks>The number fences it: when nobody knows whether it was written, the next attempt has the same number and fails with
/// <see cref="Overtaken"/>.</remarks>
internal sealed class FireAlert(AlertRule rule, int side, AlertEvent told, string? subject, DateTimeOffset? marketAt, Guid[] deliveries) : BookQuestion<bool>
{
    /// <summary>SQLSTATE when the alert was changed or has fired meanwhile.</summary>
    public const string Overtaken = "SF005";

    public override bool IsRepeatable => false;

    public override string Fence => Overtaken;

    public override IEnumerable<Guid> Users => [rule.UserId];

    protected override bool Decide(BookWork work)
    {
        work.Besides.Add(new Statement(
            "select fire_alert($1, $2, $3, $4, $5::jsonb, $6)",
            rule.Id,
            rule.Version,
            rule.Firings + 1,
            side,
            JsonSerializer.Serialize(new StoredFiring(
                told.FiringId, rule.UserId, told.Name, told.Kind, told.Message, told.Symbol, told.SessionId, subject, told.Level, told.Value, told.IsTest,
                rule.IsMuted, marketAt), s_columns),
            work.Now));
        if (rule.IsMuted)
        {
            return true;
        }

        var account = work.House.FindAccount(rule.UserId) ?? throw new InvalidOperationException($"User {rule.UserId} has alerts and no account.");
        work.House.Tell(account, told);
        if (deliveries.Length > 0)
        {
            work.Besides.Add(new Statement(
                """
                insert into alert_deliveries (id, firing_id, webhook_id, user_id, body, next_at, created_at)
                select i.id, $3, w.id, w.user_id, $4, $5, $5
                from unnest($1, $2) as i (id, webhook_id)
                join alert_webhooks as w on w.id = i.webhook_id and w.user_id = $6
                """,
                deliveries, rule.WebhookIds, told.FiringId, WebhookBody.Of(told, marketAt, work.Now), work.Now, rule.UserId));
        }

        return true;
    }

    private static readonly JsonSerializerOptions s_columns = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private sealed record StoredFiring(
        Guid Id, Guid UserId, string Name, string Kind, string Message, string? Symbol, Guid? SessionId, string? Subject, decimal? Level, decimal? Value,
        bool IsTest, bool IsMuted, DateTimeOffset? MarketAt);
}
