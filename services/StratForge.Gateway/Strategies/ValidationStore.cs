using System.Text.Json;
using Npgsql;
using StratForge.Contracts;
using StratForge.Contracts.Validation;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Jobs;

namespace StratForge.Gateway.Strategies;

/// <summary>Examinations as jobs for workers (docs/adr/0010). What was asked is forgotten once it is answered.</summary>
internal sealed class ValidationStore(NpgsqlDataSource database, JobStore jobs, TimeProvider clock)
{
    /// <summary>Examinations of one user at a time: an editor and an impatient click.</summary>
    public const int MostPerUser = 2;

    /// <summary>Examinations that wait for a worker: what a few workers do in a minute.</summary>
    public const int MostWaiting = 100;

    // An answer that nobody fetched by then was asked for by a gateway that is gone.
    private static readonly TimeSpan KeepFor = TimeSpan.FromMinutes(15);

    /// <summary>Asks for one.</summary>
    /// <returns>Its id; null with the reason when too many are under way.</returns>
    public async Task<(Guid? Id, string? Refusal)> QueueAsync(
        Guid userId, Guid? strategyId, ValidateStrategy asked, CancellationToken cancellationToken)
    {
        await using (var forget = database.Command(
            "delete from worker_jobs where kind = $1 and created_at < $2", ValidateStrategy.JobKind, clock.Now() - KeepFor))
        {
            await forget.ExecuteNonQueryAsync(cancellationToken);
        }

        // A few more that ask at the same moment do no harm: each user's own number is exact.
        await using (var waiting = database.Command(
            "select count(*) from worker_jobs where kind = $1 and status = 'QUEUED'", ValidateStrategy.JobKind))
        {
            if ((long)(await waiting.ExecuteScalarAsync(cancellationToken))! >= MostWaiting)
            {
                return (null, "validation-queue-full");
            }
        }

        var job = await jobs.AskAsync(
            userId, Guid.CreateVersion7(clock.GetUtcNow()), ValidateStrategy.JobKind, strategyId,
            JsonSerializer.Serialize(asked, ContractsJson.Default.ValidateStrategy), MostPerUser, cancellationToken);
        return job is null ? (null, "too-many-validations") : (job.Id, null);
    }

    /// <summary>How far one has come; null when it is not there any more.</summary>
    public async Task<ValidationJob?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "select status, progress, result::text, failure_code, failure_detail from worker_jobs where id = $1", id);
        return await command.FirstAsync(
            rows => new ValidationJob(rows.GetString(0), rows.GetDouble(1), rows.Text(2), rows.Text(3), rows.Text(4)), cancellationToken);
    }

    /// <summary>Nobody waits for it: it is forgotten, or, while a worker is at it, given up.</summary>
    public async Task DropAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("update worker_jobs set cancel_asked = true where id = $1 and status = 'RUNNING'", id);
        batch.Add("delete from worker_jobs where id = $1 and status <> 'RUNNING'", id);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>An examination under way.</summary>
/// <param name="Status"><c>QUEUED</c>, <c>RUNNING</c>, <c>COMPLETED</c>, <c>FAILED</c> or <c>CANCELED</c>.</param>
/// <param name="Progress">Share of it that is done.</param>
/// <param name="Result">The report as JSON, once it is completed.</param>
/// <param name="FailureCode">Why it could not be done.</param>
/// <param name="FailureDetail">The same for a reader.</param>
internal sealed record ValidationJob(string Status, double Progress, string? Result, string? FailureCode, string? FailureDetail);
