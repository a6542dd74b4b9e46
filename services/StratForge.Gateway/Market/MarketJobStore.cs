using System.Text.Json;
using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Market;

/// <summary>A download as its worker needs it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Turn">Which of its turns this is.</param>
/// <param name="Symbols">What is fetched, in order.</param>
/// <param name="Timeframe">Length of a bar.</param>
/// <param name="Start">First start of a bar.</param>
/// <param name="End">Last start of a bar.</param>
/// <param name="NextSymbol">Place of the symbol to go on with.</param>
/// <param name="NextAt">Where in it.</param>
internal sealed record ClaimedDownload(
    Guid Id, int Turn, IReadOnlyList<string> Symbols, string Timeframe, DateTimeOffset Start, DateTimeOffset End, int NextSymbol, DateTimeOffset NextAt);

/// <summary>What has happened to a job since it was last written.</summary>
internal sealed record JobStep(long Lines, long Stored, long Known, long Rejected, IReadOnlyList<LineProblem> Problems)
{
    public static readonly JobStep Nothing = new(0, 0, 0, 0, []);
}

/// <summary>Jobs in the database, where every gateway sees them.</summary>
internal sealed class MarketJobStore(NpgsqlDataSource database, TimeProvider clock)
{
    private const int MostListed = 100;
    private const int MostProblems = 100;

    /// <summary>Open downloads that one user may have.</summary>
    public const int MostOpen = 5;

    /// <summary>A job whose gateway says nothing for so long has lost it.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromMinutes(2);

    private const string Columns =
        "id, kind, status, symbols, timeframe, starts_at, ends_at, next_symbol, next_at, lines, stored, known, rejected, problems, error, created_at, ended_at";

    private const string Find = $"select {Columns} from market_data_jobs where id = $1 and user_id = $2";

    /// <summary>Puts a download into the queue; one that is there already stays as it is.</summary>
    /// <returns>The job; null when the user has too many open ones.</returns>
    public Task<MarketJob?> AddDownloadAsync(
        Guid userId, Guid id, IReadOnlyList<string> symbols, string timeframe, DateTimeOffset start, DateTimeOffset end,
        CancellationToken cancellationToken) =>
        database.InTurnAsync(
            userId,
            async connection =>
            {
                await using var add = connection.Command($"""
                    insert into market_data_jobs (id, user_id, kind, status, symbols, timeframe, starts_at, ends_at, next_at, created_at)
                    select $1, $2, 'download', 'QUEUED', $3, $4, $5, $6, $5, $7
                    where (select count(*) from market_data_jobs where user_id = $2 and kind = 'download' and status in ('QUEUED', 'RUNNING')) < $8
                    on conflict (id) do nothing
                    returning {Columns}
                    """, id, userId, symbols.ToArray(), timeframe, start, end, clock.GetUtcNow(), MostOpen);
                if (await add.FirstAsync(Read, cancellationToken) is { } added)
                {
                    return added;
                }

                await using var before = connection.Command(Find, id, userId);
                return await before.FirstAsync(Read, cancellationToken);
            },
            cancellationToken);

    public async Task<Guid> AddImportAsync(Guid userId, string timeframe, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var command = database.Command("""
            insert into market_data_jobs (id, user_id, kind, status, symbols, timeframe, created_at, started_at, heartbeat_at)
            values ($1, $2, 'import', 'RUNNING', '{}', $3, $4, $4, $4)
            """, id, userId, timeframe, now);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return id;
    }

    public async Task<MarketJob?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.Command(Find, id, userId);
        return await command.FirstAsync(Read, cancellationToken);
    }

    public async Task<IReadOnlyList<MarketJob>> ListAsync(Guid userId, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            $"select {Columns} from market_data_jobs where user_id = $1 order by created_at desc limit {MostListed}", userId);
        return await command.ListAsync(Read, cancellationToken);
    }

    /// <summary>Asks a job to stop: at once when nobody works on it, else at its next step.</summary>
    /// <returns>The job as it is now; null when there is none that is open.</returns>
    public async Task<MarketJob?> CancelAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.Command($"""
            update market_data_jobs
            set cancel_requested = true,
                status = case when status = 'QUEUED' then 'CANCELED' else status end,
                ended_at = case when status = 'QUEUED' then $3 end
            where id = $1 and user_id = $2 and status in ('QUEUED', 'RUNNING')
            returning {Columns}
            """, id, userId, clock.GetUtcNow());
        return await command.FirstAsync(Read, cancellationToken);
    }

    /// <summary>Takes a download that nobody works on: the oldest of the owner who was served longest ago.</summary>
    public async Task<ClaimedDownload?> ClaimAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var command = database.Command("""
            update market_data_jobs
            set status = 'RUNNING', started_at = coalesce(started_at, $1), heartbeat_at = $1, turn = turn + 1
            where id = (
                select j.id
                from market_data_jobs as j
                where j.kind = 'download' and (j.status = 'QUEUED' or (j.status = 'RUNNING' and j.heartbeat_at < $2))
                order by
                    (select max(s.heartbeat_at) from market_data_jobs as s where s.user_id = j.user_id and s.kind = 'download') nulls first,
                    j.created_at
                limit 1
                for update of j skip locked)
            returning id, turn, symbols, timeframe, starts_at, ends_at, next_symbol, next_at
            """, now, now - LostAfter);
        return await command.FirstAsync(
            rows => new ClaimedDownload(
                rows.GetGuid(0), rows.GetInt32(1), rows.GetFieldValue<string[]>(2), rows.GetString(3), rows.At(4), rows.At(5), rows.GetInt32(6), rows.At(7)),
            cancellationToken);
    }

    /// <summary>Writes a download's step and where to go on, which says too that somebody works on it.</summary>
    /// <returns>Whether to go on; not when its owner wants it to stop, or another gateway has taken it.</returns>
    public Task<bool> AdvanceAsync(ClaimedDownload job, JobStep step, int nextSymbol, DateTimeOffset nextAt, CancellationToken cancellationToken) =>
        StepAsync(job.Id, job.Turn, step, ", next_symbol = $9, next_at = $10", cancellationToken, nextSymbol, nextAt);

    /// <summary>A symbol of a download is done: it waits for its next turn behind those of other owners.</summary>
    /// <inheritdoc cref="AdvanceAsync(ClaimedDownload, JobStep, int, DateTimeOffset, CancellationToken)" path="/returns"/>
    public Task<bool> YieldAsync(ClaimedDownload job, int nextSymbol, CancellationToken cancellationToken) =>
        StepAsync(
            job.Id, job.Turn, JobStep.Nothing, ", next_symbol = $9, next_at = $10, status = case when cancel_requested then status else 'QUEUED' end",
            cancellationToken, nextSymbol, job.Start);

    /// <summary>Writes an import's step.</summary>
    /// <returns>Whether to go on; not when its owner wants it to stop.</returns>
    public Task<bool> AdvanceAsync(Guid id, JobStep step, IReadOnlyCollection<string> symbols, CancellationToken cancellationToken) =>
        StepAsync(id, turn: 0, step, ", symbols = $9", cancellationToken, [symbols.Order(StringComparer.Ordinal).ToArray()]);

    /// <summary>Ends a download, unless another gateway has taken it.</summary>
    public Task EndAsync(ClaimedDownload job, string status, string? error, CancellationToken cancellationToken) =>
        EndAsync(job.Id, job.Turn, status, error, cancellationToken);

    /// <summary>Ends an import.</summary>
    public Task EndAsync(Guid id, string status, string? error, CancellationToken cancellationToken) =>
        EndAsync(id, turn: 0, status, error, cancellationToken);

    /// <summary>Imports whose gateway died with the file half read.</summary>
    public async Task FailLostImportsAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var command = database.Command("""
            update market_data_jobs
            set status = 'FAILED', ended_at = $1, error = 'The upload broke off. What was stored stays; send the file again.'
            where kind = 'import' and status = 'RUNNING' and heartbeat_at < $2
            """, now, now - LostAfter);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task EndAsync(Guid id, int turn, string status, string? error, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "update market_data_jobs set status = $3, error = $4, ended_at = $5 where id = $1 and turn = $2 and ended_at is null",
            id, turn, status, error, clock.GetUtcNow());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<bool> StepAsync(Guid id, int turn, JobStep step, string more, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = database.Command($"""
            update market_data_jobs
            set lines = lines + $3, stored = stored + $4, known = known + $5, rejected = rejected + $6, heartbeat_at = $8,
                problems = case when jsonb_array_length(problems) < {MostProblems} then problems || $7::jsonb else problems end{more}
            where id = $1 and turn = $2 and status = 'RUNNING'
            returning not cancel_requested
            """,
            [id, turn, step.Lines, step.Stored, step.Known, step.Rejected, JsonSerializer.Serialize(step.Problems, ApiJson.Options), clock.GetUtcNow(), .. values]);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static MarketJob Read(NpgsqlDataReader rows)
    {
        var symbols = rows.GetFieldValue<string[]>(3);
        var (kind, status) = (rows.GetString(1), rows.GetString(2));
        var (start, end) = (rows.Maybe<DateTimeOffset>(5), rows.Maybe<DateTimeOffset>(6));
        double? progress = null;
        if (kind == "download" && start is { } from && end is { } to)
        {
            var within = to > from ? ((rows.Maybe<DateTimeOffset>(8) ?? from) - from) / (to - from) : 0;
            progress = status == "COMPLETED" ? 1 : Math.Round(Math.Min(1, (rows.GetInt32(7) + Math.Clamp(within, 0, 1)) / symbols.Length), 4);
        }

        var problems = JsonSerializer.Deserialize<List<LineProblem>>(rows.GetString(13), ApiJson.Options)!;
        return new MarketJob(
            rows.GetGuid(0), kind, status, symbols, rows.GetString(4), start, end, progress, rows.GetInt64(9), rows.GetInt64(10), rows.GetInt64(11),
            rows.GetInt64(12), [.. problems.Take(MostProblems)], rows.Text(14), rows.At(15), rows.Maybe<DateTimeOffset>(16));
    }
}
