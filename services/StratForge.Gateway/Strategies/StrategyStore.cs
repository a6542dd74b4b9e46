using System.Text.Json;
using Npgsql;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Strategies;

/// <summary>Strategies and the versions of their code, each seen by its owner alone.</summary>
internal sealed class StrategyStore(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Strategies that one user may have.</summary>
    public const int MostStrategies = 200;

    /// <summary>Versions of one strategy that are kept. Above that the oldest go that no session ran; what one ran stays explained.</summary>
    public const int MostVersions = 200;

    private const string Columns = """
        s.id, s.name, s.language, s.symbol, s.code, s.code_hash, s.version, s.parameters::text, s.logic_explanation, s.enabled,
        s.created_at, s.updated_at,
        (select count(*) from sessions where sessions.strategy_id = s.id and sessions.ended_at is null)::int, s.revision
        """;

    private const string InsertVersion = """
        insert into strategy_versions (strategy_id, version, language, code, code_hash, created_at, restored_from)
        values ($1, $2, $3, $4, $5, $6, $7)
        """;

    private const string ForgetVersions = """
        delete from strategy_versions
        where strategy_id = $1 and version in (
            select v.version
            from strategy_versions as v
            where v.strategy_id = $1 and v.version < $2
              and not exists (select from sessions as n where n.strategy_id = v.strategy_id and n.strategy_version = v.version)
            order by v.version
            limit greatest(0, (select count(*) from strategy_versions where strategy_id = $1) - $3))
        """;

    private const string SelectVersion = """
        select v.version, v.language, v.code_hash, v.created_at, v.restored_from, v.code,
               (select count(*)::int from sessions
                where sessions.strategy_id = v.strategy_id and sessions.strategy_version = v.version and sessions.ended_at is null)
        from strategy_versions as v
        join strategies as s on s.id = v.strategy_id
        where s.id = $1 and s.user_id = $2 and s.deleted_at is null and v.version = $3
        """;

    /// <summary>Stores a new strategy; one that is there already stays as it is.</summary>
    public Task<AddOutcome> AddAsync(Guid userId, Guid id, NewStrategyRequest request, CancellationToken cancellationToken) =>
        database.InTurnAsync(userId, connection => AddAsync(connection, userId, id, request, cancellationToken), cancellationToken);

    public async Task<Strategy?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await FindAsync(connection, userId, id, forUpdate: false, cancellationToken);
    }

    public async Task<Page<StrategySummary>> ListAsync(Guid userId, PageQuery page, CancellationToken cancellationToken)
    {
        // The code stays where it is: lists show hundreds of strategies and none of their sources.
        await using var command = database.Command("""
            select s.id, s.name, s.language, s.symbol, '', s.code_hash, s.version, s.parameters::text, s.logic_explanation, s.enabled,
                   s.created_at, s.updated_at,
                   (select count(*) from sessions where sessions.strategy_id = s.id and sessions.ended_at is null)::int, s.revision
            from strategies as s
            where s.user_id = $1 and s.deleted_at is null
              and ($2::timestamptz is null or (s.created_at, s.id) < ($2, $3))
            order by s.created_at desc, s.id desc
            limit $4
            """, userId, page.Cursor?.At, page.Cursor?.Id, page.Take + 1);
        var rows = await command.ListAsync(row => Summary(Read(row)), cancellationToken);
        return page.Of(rows, strategy => new Cursor(strategy.CreatedAt, strategy.Id));
    }

    /// <summary>Applies what the request names; new code or another language becomes a new version.</summary>
    /// <param name="seen">What the caller has seen of it; null for whatever there is.</param>
    public async Task<ChangeOutcome> ChangeAsync(
        Guid userId, Guid id, StrategyChangeRequest request, StrategyTag? seen, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await FindAsync(connection, userId, id, forUpdate: true, cancellationToken) is not { } held)
        {
            return new ChangeOutcome.Unknown();
        }

        if (seen?.Fits(held) is false)
        {
            return new ChangeOutcome.Stale(held);
        }

        var language = request.Language is { } given ? Strategy.ParseLanguage(given)
            : request.PythonCode is not null ? StrategyLanguage.Python
            : held.Language;
        var code = request.Code ?? request.PythonCode ?? held.Code;
        var hash = Strategy.HashOf(language, code);
        var next = hash == held.CodeHash ? held.Version : held.Version + 1;
        var now = clock.Now();

        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("""
            update strategies
            set name = $2, language = $3, symbol = $4, code = $5, code_hash = $6, version = $7, parameters = $8::jsonb,
                logic_explanation = $9, enabled = $10, updated_at = $11, revision = revision + 1
            where id = $1
            """,
            id, request.Name ?? held.Name, Strategy.Spell(language), request.Symbol ?? held.Symbol, code, hash, next,
            Text(request.Parameters) ?? held.Parameters.GetRawText(), request.LogicExplanation ?? held.LogicExplanation,
            request.Enabled ?? held.Enabled, now);
        if (next != held.Version)
        {
            batch.Add(InsertVersion, id, next, Strategy.Spell(language), code, hash, now, null);
            batch.Add(ForgetVersions, id, next, MostVersions);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        if (next != held.Version && await HasTooManyVersionsAsync(connection, id, cancellationToken))
        {
            return new ChangeOutcome.TooManyVersions();
        }

        var changed = await FindAsync(connection, userId, id, forUpdate: false, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ChangeOutcome.Changed(changed!);
    }

    /// <summary>Makes the code of an old version the newest: a new version, so that what ran meanwhile stays explained. Code that is the newest
    /// already stays as it is.</summary>
    /// <param name="seen">What the caller has seen of it; null for whatever there is.</param>
    public async Task<ChangeOutcome> RestoreAsync(Guid userId, Guid id, int version, StrategyTag? seen, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await FindAsync(connection, userId, id, forUpdate: true, cancellationToken) is not { } held)
        {
            return new ChangeOutcome.Unknown();
        }

        if (seen?.Fits(held) is false)
        {
            return new ChangeOutcome.Stale(held);
        }

        await using var find = connection.Command(SelectVersion, id, userId, version);
        if (await find.FirstAsync(ReadVersion, cancellationToken) is not { } old)
        {
            return new ChangeOutcome.Unknown();
        }

        if (old.CodeHash == held.CodeHash)
        {
            return new ChangeOutcome.Changed(held);
        }

        var now = clock.Now();
        var next = held.Version + 1;
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("""
            update strategies
            set language = $2, code = $3, code_hash = $4, version = $5, updated_at = $6, revision = revision + 1
            where id = $1
            """, id, Strategy.Spell(old.Language), old.Code, old.CodeHash, next, now);
        batch.Add(InsertVersion, id, next, Strategy.Spell(old.Language), old.Code, old.CodeHash, now, version);
        batch.Add(ForgetVersions, id, next, MostVersions);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        if (await HasTooManyVersionsAsync(connection, id, cancellationToken))
        {
            return new ChangeOutcome.TooManyVersions();
        }

        var restored = await FindAsync(connection, userId, id, forUpdate: false, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ChangeOutcome.Changed(restored!);
    }

    /// <summary>Switches it on or off; null turns it over.</summary>
    /// <param name="seen">What the caller has seen of it; null for whatever there is.</param>
    public async Task<ChangeOutcome> ToggleAsync(Guid userId, Guid id, bool? enabled, StrategyTag? seen, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await FindAsync(connection, userId, id, forUpdate: true, cancellationToken) is not { } held)
        {
            return new ChangeOutcome.Unknown();
        }

        if (seen?.Fits(held) is false)
        {
            return new ChangeOutcome.Stale(held);
        }

        await using var command = connection.Command(
            "update strategies set enabled = $2, updated_at = $3, revision = revision + 1 where id = $1", id, enabled ?? !held.Enabled, clock.Now());
        await command.ExecuteNonQueryAsync(cancellationToken);
        var changed = await FindAsync(connection, userId, id, forUpdate: false, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ChangeOutcome.Changed(changed!);
    }

    /// <summary>Hides it for good; what it traded stays explained by the versions that sessions ran.</summary>
    /// <param name="seen">What the caller has seen of it; null for whatever there is.</param>
    public async Task<DeleteOutcome> DeleteAsync(Guid userId, Guid id, StrategyTag? seen, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // The row lock keeps a session from starting between the look and the deletion: starting one locks it too.
        if (await FindAsync(connection, userId, id, forUpdate: true, cancellationToken) is not { } held)
        {
            return new DeleteOutcome.Unknown();
        }

        if (seen?.Fits(held) is false)
        {
            return new DeleteOutcome.Stale(held);
        }

        // Counted anew, under the lock: the statement that took the lock may have counted before it waited for it.
        if (await FindAsync(connection, userId, id, forUpdate: false, cancellationToken) is { RunningSessions: > 0 and var running })
        {
            return new DeleteOutcome.Running(running);
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add("update strategies set deleted_at = $2, code = '', parameters = '{}', logic_explanation = null where id = $1", id, clock.Now());
        batch.Add("""
            delete from strategy_versions as v
            where v.strategy_id = $1
              and not exists (select from sessions as n where n.strategy_id = v.strategy_id and n.strategy_version = v.version)
            """, id);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new DeleteOutcome.Deleted();
    }

    /// <summary>The versions of a strategy, newest first; null when there is no such strategy.</summary>
    public async Task<Page<StrategyVersion>?> ListVersionsAsync(
        Guid userId, Guid id, NumberedPageQuery page, CancellationToken cancellationToken)
    {
        if (await FindAsync(userId, id, cancellationToken) is null)
        {
            return null;
        }

        await using var command = database.Command("""
            select v.version, v.language, v.code_hash, v.created_at, v.restored_from, null,
                   (select count(*)::int from sessions as s
                    where s.strategy_id = v.strategy_id and s.strategy_version = v.version and s.ended_at is null)
            from strategy_versions as v
            where v.strategy_id = $1 and ($2::bigint is null or v.version < $2)
            order by v.version desc
            limit $3
            """, id, page.Cursor?.Number, page.Take + 1);
        return page.Of(await command.ListAsync(ReadVersion, cancellationToken), version => version.Version);
    }

    public async Task<StrategyVersion?> FindVersionAsync(
        Guid userId, Guid id, int version, CancellationToken cancellationToken)
    {
        await using var command = database.Command(SelectVersion, id, userId, version);
        return await command.FirstAsync(ReadVersion, cancellationToken);
    }

    private async Task<AddOutcome> AddAsync(
        NpgsqlConnection connection, Guid userId, Guid id, NewStrategyRequest request, CancellationToken cancellationToken)
    {
        if (await FindAsync(connection, userId, id, forUpdate: false, cancellationToken) is { } before)
        {
            return new AddOutcome.Added(before);
        }

        await using var count = connection.Command("select count(*)::int from strategies where user_id = $1 and deleted_at is null", userId);
        if ((int)(await count.ExecuteScalarAsync(cancellationToken))! >= MostStrategies)
        {
            return new AddOutcome.TooMany();
        }

        var now = clock.Now();
        var language = request.Language ?? "python";
        var code = (request.Code ?? request.PythonCode)!;
        var hash = Strategy.HashOf(Strategy.ParseLanguage(language), code);
        await using var batch = new NpgsqlBatch(connection);
        batch.Add("""
            insert into strategies
                (id, user_id, name, language, symbol, code, code_hash, parameters, logic_explanation, created_at, updated_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $10)
            on conflict (id) do nothing
            """,
            id, userId, request.Name, language, request.Symbol, code, hash, Text(request.Parameters) ?? "{}",
            request.LogicExplanation, now);
        batch.Add($"{InsertVersion} on conflict (strategy_id, version) do nothing", id, 1, language, code, hash, now, null);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return await FindAsync(connection, userId, id, forUpdate: false, cancellationToken) is { } added
            ? new AddOutcome.Added(added)
            : new AddOutcome.Deleted();
    }

    private static async Task<bool> HasTooManyVersionsAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        await using var command = connection.Command("select count(*) > $2 from strategy_versions where strategy_id = $1", id, MostVersions);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<Strategy?> FindAsync(
        NpgsqlConnection connection, Guid userId, Guid id, bool forUpdate, CancellationToken cancellationToken)
    {
        await using var command = connection.Command($"""
            select {Columns}
            from strategies as s
            where s.id = $1 and s.user_id = $2 and s.deleted_at is null
            {(forUpdate ? "for update" : "")}
            """, id, userId);
        return await command.FirstAsync(Read, cancellationToken);
    }

    private static Strategy Read(NpgsqlDataReader rows) => new(
        rows.GetGuid(0),
        rows.GetString(1),
        Strategy.ParseLanguage(rows.GetString(2)),
        rows.GetString(3),
        rows.GetString(4),
        rows.GetString(5),
        rows.GetInt32(6),
        JsonElement.Parse(rows.GetString(7)),
        rows.Text(8),
        rows.GetBoolean(9),
        rows.At(10),
        rows.At(11),
        rows.GetInt32(12))
    {
        Revision = rows.GetInt32(13),
    };

    private static StrategyVersion ReadVersion(NpgsqlDataReader rows) => new(
        rows.GetInt32(0), Strategy.ParseLanguage(rows.GetString(1)), rows.GetString(2), rows.At(3), rows.Maybe<int>(4), rows.GetInt32(6), rows.Text(5));

    private static StrategySummary Summary(Strategy s) => new(
        s.Id, s.Name, s.Language, s.Symbol, s.CodeHash, s.Version, s.Parameters, s.LogicExplanation, s.Enabled, s.CreatedAt,
        s.UpdatedAt, s.RunningSessions);

    private static string? Text(JsonElement? json) =>
        json is { ValueKind: JsonValueKind.Object } given ? given.GetRawText() : null;
}
