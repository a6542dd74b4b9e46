using System.Threading.Channels;
using Npgsql;
using StackExchange.Redis;
using StratForge.Contracts;
using StratForge.Contracts.Market;

namespace StratForge.Ingestor.Subscriptions;

/// <summary>Finds out which symbols are wanted: the permanent ones, those in the Redis sets, and those of open sessions, orders and alerts, which a
/// Redis that lost its memory would forget. Looks at start, at each control message, when Redis comes back, and every few seconds.</summary>
internal sealed partial class WantedSymbols(
    IConnectionMultiplexer redis, NpgsqlDataSource database, PermanentSymbols permanent, TimeProvider clock, ILogger<WantedSymbols> logger)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    // Any number of reasons to look make one look.
    private readonly Channel<bool> _reasons = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly HashSet<string> _complainedAbout = new(StringComparer.Ordinal);

    /// <summary>Tells <paramref name="changed"/> the whole set of each class whenever it was read, until cancelled.</summary>
    public async Task WatchAsync(Func<AssetClass, WantedSet, ValueTask> changed, CancellationToken cancellationToken)
    {
        var bus = redis.GetSubscriber();
        var updates = new RedisChannel(Topics.SubscriptionUpdates, RedisChannel.PatternMode.Literal);
        Action<RedisChannel, RedisValue> look = (_, _) => _reasons.Writer.TryWrite(true);
        EventHandler<ConnectionFailedEventArgs> restored = (_, _) => _reasons.Writer.TryWrite(true);

        redis.ConnectionRestored += restored;
        await using var timer = clock.CreateTimer(
            static self => ((WantedSymbols)self!)._reasons.Writer.TryWrite(true), this, TimeSpan.Zero, LookEvery);
        var listening = false;
        try
        {
            await foreach (var _ in _reasons.Reader.ReadAllAsync(cancellationToken))
            {
                listening = listening || await TryListenAsync(bus, updates, look);
                var stocks = await ReadAsync(AssetClass.Stock, cancellationToken);
                var crypto = await ReadAsync(AssetClass.Crypto, cancellationToken);
                if (stocks is not null && crypto is not null)
                {
                    await changed(AssetClass.Stock, stocks);
                    await changed(AssetClass.Crypto, crypto);
                }
            }
        }
        finally
        {
            redis.ConnectionRestored -= restored;
            bus.Unsubscribe(updates, look, CommandFlags.FireAndForget);
        }
    }

    private async Task<bool> TryListenAsync(ISubscriber bus, RedisChannel updates, Action<RedisChannel, RedisValue> look)
    {
        try
        {
            await bus.SubscribeAsync(updates, look);
            return true;
        }
        catch (Exception unreachable) when (unreachable is RedisException or TimeoutException)
        {
            LogUnreachable(unreachable.Message);
            return false;
        }
    }

    /// <summary>Null when not everything could be read: then what was wanted before stays wanted.</summary>
    private async Task<WantedSet?> ReadAsync(AssetClass assetClass, CancellationToken cancellationToken)
    {
        try
        {
            var watched = await redis.GetDatabase().SetMembersAsync(Topics.Active(assetClass));
            var traded = new HashSet<string>(permanent.Of(assetClass), StringComparer.Ordinal);
            var awaited = new HashSet<string>(StringComparer.Ordinal);
            await using var command = database.CreateCommand("""
                select symbol, true from sessions where ended_at is null and mode <> 'BACKTEST' and asset_class = $1
                union
                select y.symbol, true
                from session_symbols y
                join sessions s on s.id = y.session_id
                where s.ended_at is null and s.mode <> 'BACKTEST' and (strpos(y.symbol, '/') > 0) = ($1 = 'crypto')
                union
                select symbol, true from orders where status in ('held', 'accepted', 'new', 'partially_filled') and asset_class = $1
                union
                select symbol, false from alerts where enabled and symbol is not null and (strpos(symbol, '/') > 0) = ($1 = 'crypto')
                """);
            command.Parameters.Add(new() { Value = assetClass == AssetClass.Crypto ? "crypto" : "stock" });
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
            {
                Add(rows.GetBoolean(1) ? traded : awaited, assetClass, rows.GetString(0));
            }

            var wanted = new HashSet<string>(traded, StringComparer.Ordinal);
            wanted.UnionWith(awaited);
            foreach (var member in watched)
            {
                Add(wanted, assetClass, member.ToString());
            }

            return new WantedSet(wanted, traded, awaited);
        }
        catch (Exception unreachable) when (unreachable is RedisException or TimeoutException or NpgsqlException)
        {
            LogUnreachable(unreachable.Message);
            return null;
        }
    }

    private void Add(HashSet<string> wanted, AssetClass assetClass, string symbol)
    {
        if (Symbols.IsWellFormed(symbol) && Symbols.ClassOf(symbol) == assetClass)
        {
            wanted.Add(symbol);
        }
        else if (_complainedAbout.Count < 1_000 && _complainedAbout.Add(symbol))
        {
            LogMalformed(symbol, assetClass);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Wanted symbols could not be read and stay as they are: {Reason}")]
    private partial void LogUnreachable(string reason);

    [LoggerMessage(LogLevel.Warning, "'{Symbol}' is wanted but is no {AssetClass} symbol; it is left out")]
    private partial void LogMalformed(string symbol, AssetClass assetClass);
}
