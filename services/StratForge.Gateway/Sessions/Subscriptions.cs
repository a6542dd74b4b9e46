using System.Text.Json;
using Npgsql;
using StackExchange.Redis;
using StratForge.Contracts;
using StratForge.Contracts.Market;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Sessions;

/// <summary>Keeps the bus's sets of wanted symbols equal to what open sessions, open orders and watchers need, and tells ingestor and workers of changes.
/// A session needs its own symbol and those that its strategy subscribed to besides.</summary>
/// <remarks>The tables are the truth. When bus or database are away, whoever has committed a change does not hear of it: <see cref="RepairAsync"/>
/// makes up for it, and workers look into the table themselves.</remarks>
internal sealed partial class Subscriptions(NpgsqlDataSource database, IConnectionMultiplexer redis, TimeProvider clock, ILogger<Subscriptions> logger)
{
    /// <summary>How long a row of <c>watched_symbols</c> counts without being renewed.</summary>
    public static readonly TimeSpan WatchedFor = TimeSpan.FromSeconds(30);

    // The bus answers within a millisecond or is not there; a request does not wait for it longer than this.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private const string Lock = "select pg_advisory_xact_lock(hashtextextended('subscription:' || $1, 0))";

    /// <summary>A session that was just committed needs its symbol.</summary>
    public Task WantAsync(SubscriptionUpdate update, CancellationToken cancellationToken) =>
        OnBusAsync(update.Symbol, async bus =>
        {
            // Under the symbol's lock, so that a session ending at this moment does not take the symbol away again after us.
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await LockAsync(connection, update.Symbol, cancellationToken);
            await bus.SetAddAsync(Topics.Active(update.Type), update.Symbol).WaitAsync(Patience, cancellationToken);
            await PublishAsync(bus, update, cancellationToken);
        });

    /// <summary>A session that was just told to stop needs its symbol no more.</summary>
    public Task ReleaseAsync(SubscriptionUpdate update, CancellationToken cancellationToken) =>
        OnBusAsync(update.Symbol, async bus =>
        {
            await RemoveIfUnwantedAsync(bus, update.Symbol, update.Type, cancellationToken);
            await PublishAsync(bus, update, cancellationToken);
        });

    /// <summary>Adds what open sessions and orders need and the sets lack, and removes what only sessions needed that have ended.</summary>
    /// <remarks>Symbols that someone else put there stay.</remarks>
    public async Task RepairAsync(DateTimeOffset endedSince, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select symbol, bool_or(wanted)
            from (
                select symbol, status in ('STARTING', 'RUNNING', 'PAUSED') as wanted from sessions where ended_at is null or ended_at > $1
                union all
                select y.symbol, s.status in ('STARTING', 'RUNNING', 'PAUSED')
                from sessions s
                join session_symbols y on y.session_id = s.id
                where s.ended_at is null or s.ended_at > $1
                union all
                select symbol, true from orders where status in ('held', 'accepted', 'new', 'partially_filled')
                union all
                select symbol, renewed_at > $2 from watched_symbols) as uses
            group by symbol
            """, endedSince, clock.GetUtcNow() - WatchedFor);
        var symbols = await command.ListAsync(
            rows => (Symbol: rows.GetString(0), Class: Symbols.ClassOf(rows.GetString(0)), Wanted: rows.GetBoolean(1)),
            cancellationToken);
        foreach (var (symbol, assetClass, wanted) in symbols)
        {
            await OnBusAsync(symbol, bus => wanted
                ? bus.SetAddAsync(Topics.Active(assetClass), symbol).WaitAsync(Patience, cancellationToken)
                : RemoveIfUnwantedAsync(bus, symbol, assetClass, cancellationToken));
        }
    }

    private async Task RemoveIfUnwantedAsync(
        IDatabase bus, string symbol, AssetClass assetClass, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await LockAsync(connection, symbol, cancellationToken);
        await using var command = connection.Command("""
            select exists (
                select from sessions
                where symbol = $1 and ended_at is null and status in ('STARTING', 'RUNNING', 'PAUSED'))
                or exists (
                    select from session_symbols y
                    join sessions s on s.id = y.session_id
                    where y.symbol = $1 and s.ended_at is null and s.status in ('STARTING', 'RUNNING', 'PAUSED'))
                or exists (select from orders where symbol = $1 and status in ('held', 'accepted', 'new', 'partially_filled'))
                or exists (select from watched_symbols where symbol = $1 and renewed_at > $2)
            """, symbol, clock.GetUtcNow() - WatchedFor);
        if (!(bool)(await command.ExecuteScalarAsync(cancellationToken))!)
        {
            await bus.SetRemoveAsync(Topics.Active(assetClass), symbol).WaitAsync(Patience, cancellationToken);
        }
    }

    private static async Task LockAsync(NpgsqlConnection connection, string symbol, CancellationToken cancellationToken)
    {
        await using var command = connection.Command(Lock, symbol);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Task PublishAsync(IDatabase bus, SubscriptionUpdate update, CancellationToken cancellationToken) =>
        bus.PublishAsync(
                new RedisChannel(Topics.SubscriptionUpdates, RedisChannel.PatternMode.Literal),
                JsonSerializer.SerializeToUtf8Bytes(update, ContractsJson.Default.SubscriptionUpdate))
            .WaitAsync(Patience, cancellationToken);

    private async Task OnBusAsync(string symbol, Func<IDatabase, Task> action)
    {
        try
        {
            await action(redis.GetDatabase());
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or NpgsqlException)
        {
            LogBusAway(symbol, exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The bus does not know yet what became of {Symbol}; it will be told again: {Reason}")]
    private partial void LogBusAway(string symbol, string reason);
}
