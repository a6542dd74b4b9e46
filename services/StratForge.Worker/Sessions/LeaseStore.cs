using System.Text.Json;
using Npgsql;
using StratForge.Contracts.Market;
using StratForge.Contracts.Sessions;
using StratForge.Worker.Hosts;

namespace StratForge.Worker.Sessions;

/// <summary>Which worker runs which session. Every claim raises the session's epoch; whoever has an older one is refused everywhere.</summary>
/// <remarks>Leases are measured by the database's clock: the one clock that all workers share. docs/takeover.md tells the rules.</remarks>
/// <param name="database">The platform's database.</param>
internal sealed class LeaseStore(NpgsqlDataSource database)
{
    /// <summary>What there is to share, as this worker sees it.</summary>
    /// <param name="owner">This worker.</param>
    /// <param name="capacity">What it can run.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<FairShare> ReadShareAsync(string owner, int capacity, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select (select count(*) from sessions
                    where ended_at is null and mode <> 'BACKTEST' and status in ('STARTING', 'RUNNING', 'PAUSED', 'STOPPING') and let_go_at is null),
                   (select coalesce(sum(capacity), 0) from live_workers where not leaving and id <> $1)
            """);
        command.Parameters.Add(new() { Value = owner });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        await rows.ReadAsync(cancellationToken);
        return new FairShare(rows.GetInt64(0), capacity, capacity + rows.GetInt64(1));
    }

    /// <summary>Takes sessions nobody runs. A worker that is not seen as alive gets none: others would take them from it at once, and it from them.</summary>
    /// <param name="owner">This worker.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<IReadOnlyList<ClaimedSession>> ClaimAsync(string owner, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with live as materialized (select id from live_workers),
            free as (
                select id
                from sessions
                where $1 in (select id from live)
                  and ended_at is null and mode <> 'BACKTEST' and status in ('STARTING', 'RUNNING', 'PAUSED', 'STOPPING') and let_go_at is null
                  and (lease_owner is null or lease_owner not in (select id from live))
                order by created_at
                limit $2
                for update skip locked)
            update sessions s
            set lease_owner = $1, lease_expires_at = null, lease_epoch = s.lease_epoch + 1
            from free, strategy_versions v
            where s.id = free.id and v.strategy_id = s.strategy_id and v.version = s.strategy_version
            returning s.id, s.user_id, s.strategy_id, s.symbol, s.mode, s.status, s.parameters::text, s.seed, s.lease_epoch,
                      v.language, v.code, s.first_seq is not null, s.created_at
            """);
        command.Parameters.Add(new() { Value = owner });
        command.Parameters.Add(new() { Value = limit });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var claimed = new List<ClaimedSession>();
        while (await rows.ReadAsync(cancellationToken))
        {
            claimed.Add(new ClaimedSession(
                Id: rows.GetGuid(0),
                UserId: rows.GetGuid(1),
                StrategyId: rows.GetGuid(2),
                Symbol: rows.GetString(3),
                AssetClass: Symbols.ClassOf(rows.GetString(3)),
                Mode: rows.GetString(4) == "OBSERVE" ? SessionMode.Observe : SessionMode.Paper,
                IsStopping: rows.GetString(5) == "STOPPING",
                Parameters: ParametersOf(rows.GetString(6)),
                Seed: rows.GetInt64(7),
                Epoch: rows.GetInt64(8),
                Kind: rows.GetString(9) == "python" ? HostKind.Python : HostKind.CSharp,
                Code: rows.GetString(10),
                HasBegun: rows.GetBoolean(11),
                CreatedAt: rows.GetFieldValue<DateTimeOffset>(12)));
        }

        return claimed;
    }

    /// <summary>What this worker holds according to the tables. What is missing, or has a higher epoch, belongs to another.</summary>
    public async Task<IReadOnlyDictionary<Guid, HeldLease>> ReadHeldAsync(string owner, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select id, lease_epoch, status from sessions where lease_owner = $1 and ended_at is null");
        command.Parameters.Add(new() { Value = owner });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var held = new Dictionary<Guid, HeldLease>();
        while (await rows.ReadAsync(cancellationToken))
        {
            held.Add(rows.GetGuid(0), new HeldLease(rows.GetInt64(1), rows.GetString(2)));
        }

        return held;
    }

    /// <summary>Lets go of sessions so that another worker can take them at once.</summary>
    public async Task ReleaseAsync(
        string owner, IReadOnlyCollection<(Guid Id, long Epoch)> sessions, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with mine as (
                select s.id
                from unnest($1::uuid[], $2::bigint[]) as claim (id, epoch)
                join sessions s on s.id = claim.id and s.lease_epoch = claim.epoch
                where s.lease_owner = $3 and s.ended_at is null
                order by s.id
                for update of s)
            update sessions s
            set lease_owner = null
            from mine
            where s.id = mine.id
            """);
        command.Parameters.Add(new() { Value = sessions.Select(session => session.Id).ToArray() });
        command.Parameters.Add(new() { Value = sessions.Select(session => session.Epoch).ToArray() });
        command.Parameters.Add(new() { Value = owner });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static IReadOnlyDictionary<string, JsonElement> ParametersOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().ToDictionary(
            property => property.Name, property => property.Value.Clone(), StringComparer.Ordinal);
    }
}

/// <summary>A session as the tables say that this worker holds it.</summary>
/// <param name="Epoch">Of the claim.</param>
/// <param name="Status">What its owner wants of it: <c>RUNNING</c>, <c>STOPPING</c>.</param>
internal readonly record struct HeldLease(long Epoch, string Status);
