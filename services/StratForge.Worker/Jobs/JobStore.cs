using Npgsql;
using NpgsqlTypes;
using StratForge.Worker.Hosts;

namespace StratForge.Worker.Jobs;

/// <summary>Jobs in the table. Every write names the epoch of its claim and changes nothing once a later claim exists.</summary>
/// <param name="database">The platform's database.</param>
internal sealed class JobStore(NpgsqlDataSource database)
{
    /// <summary>Workers that may be lost over one job before it is given up.</summary>
    public const int MostAttempts = 3;

    /// <summary>Takes jobs nobody does, users in turn. A worker that is not seen as alive gets none.</summary>
    /// <param name="owner">This worker.</param>
    /// <param name="kinds">What it can do.</param>
    /// <param name="underWay">What it does already. Others under its name are claims whose answer was lost, and taken again.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="at">When.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<IReadOnlyList<Job>> ClaimAsync(
        string owner, string[] kinds, Guid[] underWay, int limit, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with live as materialized (select id from live_workers),
            free as (
                select j.id
                from worker_jobs j
                where $1 in (select id from live) and j.ended_at is null and j.kind = any ($2)
                  and (j.lease_owner is null or j.lease_owner not in (select id from live) or (j.lease_owner = $1 and j.id <> all ($5)))
                order by (select count(*) from worker_jobs o
                          where o.user_id = j.user_id and o.ended_at is null and o.lease_owner in (select id from live)), j.created_at
                limit $3
                for update skip locked)
            update worker_jobs j
            set status = 'RUNNING', lease_owner = $1, lease_epoch = j.lease_epoch + 1, attempts = j.attempts + 1,
                started_at = coalesce(j.started_at, $4)
            from free
            where j.id = free.id
            returning j.id, j.user_id, j.kind, j.subject_id, j.request::text, j.lease_epoch, j.attempts
            """);
        command.Parameters.Add(new() { Value = owner });
        command.Parameters.Add(new() { Value = kinds });
        command.Parameters.Add(new() { Value = limit });
        command.Parameters.Add(new() { Value = at });
        command.Parameters.Add(new() { Value = underWay });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var jobs = new List<Job>();
        while (await rows.ReadAsync(cancellationToken))
        {
            jobs.Add(new Job(
                rows.GetGuid(0), rows.GetGuid(1), rows.GetString(2), rows.IsDBNull(3) ? null : rows.GetGuid(3), rows.GetString(4),
                rows.GetInt64(5), rows.GetInt32(6)));
        }

        return jobs;
    }

    /// <summary>How many jobs no living worker does.</summary>
    public async Task<long> CountWaitingAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select count(*)
            from worker_jobs j
            where j.ended_at is null and (j.lease_owner is null or j.lease_owner not in (select id from live_workers))
            """);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Says how far jobs have come.</summary>
    /// <returns>Those that are still this worker's, and whether they were given up.</returns>
    public async Task<IReadOnlyDictionary<Guid, bool>> ReportAsync(
        IReadOnlyCollection<(Job Job, double Progress)> jobs, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            update worker_jobs j
            set progress = done.progress
            from unnest($1::uuid[], $2::bigint[], $3::double precision[]) as done (id, epoch, progress)
            where j.id = done.id and j.lease_epoch = done.epoch and j.ended_at is null
            returning j.id, j.cancel_asked
            """);
        command.Parameters.Add(new() { Value = jobs.Select(job => job.Job.Id).ToArray() });
        command.Parameters.Add(new() { Value = jobs.Select(job => job.Job.Epoch).ToArray() });
        command.Parameters.Add(new() { Value = jobs.Select(job => job.Progress).ToArray() });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var held = new Dictionary<Guid, bool>();
        while (await rows.ReadAsync(cancellationToken))
        {
            held.Add(rows.GetGuid(0), rows.GetBoolean(1));
        }

        return held;
    }

    /// <summary>It is done.</summary>
    public Task CompleteAsync(Job job, string result, DateTimeOffset at, CancellationToken cancellationToken) =>
        EndAsync(job, "COMPLETED", result, failure: null, at, cancellationToken);

    /// <summary>It can't be done.</summary>
    public Task FailAsync(Job job, HostFailure failure, DateTimeOffset at, CancellationToken cancellationToken) =>
        EndAsync(job, "FAILED", result: null, failure, at, cancellationToken);

    /// <summary>Its user gave it up.</summary>
    public Task CancelAsync(Job job, DateTimeOffset at, CancellationToken cancellationToken) =>
        EndAsync(job, "CANCELED", result: null, failure: null, at, cancellationToken);

    /// <summary>Lets go of jobs, so that another worker begins them again at once.</summary>
    public async Task ReleaseAsync(IReadOnlyCollection<Job> jobs, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            update worker_jobs j
            set status = 'QUEUED', lease_owner = null, attempts = j.attempts - 1
            from unnest($1::uuid[], $2::bigint[]) as claim (id, epoch)
            where j.id = claim.id and j.lease_epoch = claim.epoch and j.ended_at is null
            """);
        command.Parameters.Add(new() { Value = jobs.Select(job => job.Id).ToArray() });
        command.Parameters.Add(new() { Value = jobs.Select(job => job.Epoch).ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task EndAsync(
        Job job, string status, string? result, HostFailure? failure, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            update worker_jobs
            set status = $3, result = $4, failure_code = $5, failure_detail = $6, ended_at = $7, lease_owner = null,
                progress = case when $3 = 'COMPLETED' then 1 else progress end
            where id = $1 and lease_epoch = $2 and ended_at is null
            """);
        command.Parameters.Add(new() { Value = job.Id });
        command.Parameters.Add(new() { Value = job.Epoch });
        command.Parameters.Add(new() { Value = status });
        command.Parameters.Add(new() { Value = (object?)result ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new() { Value = (object?)failure?.Code ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = (object?)failure?.Detail ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = at });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
