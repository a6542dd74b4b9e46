using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Alerts;

/// <summary>Webhooks in the database.</summary>
internal sealed class WebhookStore(NpgsqlDataSource database, WebhookSecrets secrets, TimeProvider clock)
{
    /// <summary>Webhooks that one user may have.</summary>
    public const int MostWebhooks = 10;

    private const string Columns = "id, name, url, created_at";

    /// <summary>Stores a new webhook.</summary>
    /// <returns>The webhook with its secret; null when the user has as many as one may have.</returns>
    public async Task<WebhookWithSecret?> AddAsync(Guid userId, string name, string url, CancellationToken cancellationToken)
    {
        var now = clock.Now();
        var (id, secret) = (Guid.CreateVersion7(now), WebhookSecrets.Create());
        var added = await database.InTurnAsync(
            userId,
            async connection =>
            {
                await using var add = connection.Command(
                    $"""
                    insert into alert_webhooks (id, user_id, name, url, secret, created_at)
                    select $1, $2, $3, $4, $5, $6
                    where (select count(*) from alert_webhooks where user_id = $2) < {MostWebhooks}
                    returning {Columns}
                    """, id, userId, name, url, secrets.Encrypt(id, secret), now);
                return await add.FirstAsync(Read, cancellationToken);
            },
            cancellationToken);
        return added is null ? null : new WebhookWithSecret(added, secret);
    }

    public async Task<IReadOnlyList<Webhook>> ListAsync(Guid userId, CancellationToken cancellationToken)
    {
        await using var command = database.Command($"select {Columns} from alert_webhooks where user_id = $1 order by created_at desc, id desc", userId);
        return await command.ListAsync(Read, cancellationToken);
    }

    /// <summary>Changes a webhook; what is null stays.</summary>
    public async Task<Webhook?> ChangeAsync(Guid userId, Guid id, WebhookPatch patch, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            $"""
            update alert_webhooks
            set name = coalesce($3::text, name), url = coalesce($4::text, url)
            where id = $1 and user_id = $2
            returning {Columns}
            """, id, userId, patch.Name, patch.Url);
        return await command.FirstAsync(Read, cancellationToken);
    }

    /// <summary>Gives a webhook a new secret; the old one signs nothing any more.</summary>
    public async Task<WebhookWithSecret?> RenewSecretAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        var secret = WebhookSecrets.Create();
        await using var command = database.Command(
            $"update alert_webhooks set secret = $3 where id = $1 and user_id = $2 returning {Columns}", id, userId, secrets.Encrypt(id, secret));
        return await command.FirstAsync(Read, cancellationToken) is { } webhook ? new WebhookWithSecret(webhook, secret) : null;
    }

    /// <summary>Deletes a webhook with everything that was or is to be posted to it.</summary>
    public async Task<bool> DeleteAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.Add("update alerts set webhook_ids = array_remove(webhook_ids, $2) where user_id = $1 and $2 = any (webhook_ids)", userId, id);
        batch.Add("delete from alert_webhooks where user_id = $1 and id = $2", userId, id);
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        await rows.NextResultAsync(cancellationToken);
        return batch.BatchCommands[1].RecordsAffected > 0;
    }

    private static Webhook Read(NpgsqlDataReader rows) => new(rows.GetGuid(0), rows.GetString(1), rows.GetString(2), rows.At(3));
}
