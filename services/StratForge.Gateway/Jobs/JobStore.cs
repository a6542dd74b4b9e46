using System.Text.Json;
using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Jobs;

/// <summary>Jobs as their users ask for them. Workers take them out of the table.</summary>
internal sealed class JobStore(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Columns =
        "id, subject_id, status, progress, result::text, failure_code, failure_detail, created_at, started_at, ended_at";

    /// <summary>Asks for a job; one that is there already stays as it is.</summary>
    /// <param name="userId">Who asks.</param>
    /// <param name="id">Its id.</param>
    /// <param name="kind">What for.</param>
    /// <param name="subjectId">About what.</param>
    /// <param name="request">What exactly, JSON.</param>
    /// <param name="most">Jobs of this kind that the user may have open.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <returns>Null when the user has that many open.</returns>
    public Task<Job?> AskAsync(
        Guid userId, Guid id, string kind, Guid? subjectId, string request, int most, CancellationToken cancellationToken) =>
        database.InTurnAsync(
            userId,
            async connection =>
            {
                await using var add = connection.Command($"""
                    insert into worker_jobs (id, user_id, kind, subject_id, request, created_at)
                    select $1, $2, $3, $4::uuid, $5::jsonb, $6
                    where (select count(*) from worker_jobs where user_id = $2 and kind = $3 and ended_at is null) < $7
                    on conflict (id) do nothing
                    returning {Columns}
                    """, id, userId, kind, subjectId, request, clock.Now(), most);
                if (await add.FirstAsync(Read, cancellationToken) is { } asked)
                {
                    return asked;
                }

                await using var before = connection.Command($"select {Columns} from worker_jobs where id = $1 and user_id = $2", id, userId);
                return await before.FirstAsync(Read, cancellationToken);
            },
            cancellationToken);

    public async Task<Job?> FindAsync(Guid userId, string kind, Guid subjectId, Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.Command($"""
            select {Columns} from worker_jobs where id = $1 and user_id = $2 and kind = $3 and subject_id = $4
            """, id, userId, kind, subjectId);
        return await command.FirstAsync(Read, cancellationToken);
    }

    /// <summary>Jobs about one thing, newest first.</summary>
    public async Task<Page<T>> ListAsync<T>(
        Guid userId, string kind, Guid subjectId, PageQuery page, Func<Job, T> show, CancellationToken cancellationToken)
    {
        await using var command = database.Command($"""
            select {Columns}
            from worker_jobs
            where subject_id = $1 and kind = $2 and user_id = $3 and ($4::timestamptz is null or (created_at, id) < ($4, $5))
            order by created_at desc, id desc
            limit $6
            """, subjectId, kind, userId, page.Cursor?.At, page.Cursor?.Id, page.Take + 1);
        var jobs = page.Of(await command.ListAsync(Read, cancellationToken), job => new Cursor(job.CreatedAt, job.Id));
        return new Page<T>([.. jobs.Items.Select(show)], jobs.NextCursor);
    }

    /// <summary>Gives a job up: at once while nobody does it, otherwise when its worker hears of it, within a second or two.</summary>
    /// <returns>The job as it is now; null when there is none. One that has ended stays as it is.</returns>
    public async Task<Job?> CancelAsync(Guid userId, string kind, Guid subjectId, Guid id, CancellationToken cancellationToken)
    {
        await using (var command = database.Command("""
            update worker_jobs
            set cancel_asked = true,
                status = case when status = 'QUEUED' then 'CANCELED' else status end,
                ended_at = case when status = 'QUEUED' then $5::timestamptz end
            where id = $1 and user_id = $2 and kind = $3 and subject_id = $4 and ended_at is null
            """, id, userId, kind, subjectId, clock.Now()))
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        return await FindAsync(userId, kind, subjectId, id, cancellationToken);
    }

    private static Job Read(NpgsqlDataReader rows) => new(
        rows.GetGuid(0),
        rows.Maybe<Guid>(1),
        Enum.Parse<JobStatus>(rows.GetString(2), ignoreCase: true),
        rows.GetDouble(3),
        rows.Text(4) is { } result ? JsonElement.Parse(result) : null,
        rows.Text(5),
        rows.Text(6),
        rows.At(7),
        rows.Maybe<DateTimeOffset>(8),
        rows.Maybe<DateTimeOffset>(9));
}
