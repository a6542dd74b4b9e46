using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using StackExchange.Redis;
using StratForge.Contracts;
using StratForge.Contracts.Orders;
using StratForge.Worker.Hosts;
using StratForge.Worker.Market;
using StratForge.Worker.Sessions.Tape;

namespace StratForge.Worker.Sessions;

/// <summary>Brings order events to the sessions they belong to: from the bus at once, from storage when the bus lost one.</summary>
internal sealed partial class UserEventFeed(
    EventLoop loop,
    IConnectionMultiplexer redis,
    NpgsqlDataSource database,
    IOptions<WorkerOptions> options,
    TimeProvider clock,
    ILogger<UserEventFeed> logger) : BackgroundService
{
    private const int Chunk = 500;
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(0.5);

    // On the loop only.
    private readonly Dictionary<Guid, Account> _accounts = [];
    private readonly ConcurrentDictionary<Guid, bool> _wanted = new();
    private readonly SemaphoreSlim _look = new(0);

    /// <summary>Delivers every event of <paramref name="listener"/>'s session after <paramref name="afterId"/>, from now on. On the loop only.</summary>
    public void Follow(Guid userId, IOrderListener listener, long afterId)
    {
        if (!_accounts.TryGetValue(userId, out var account))
        {
            account = new Account(userId);
            _accounts.Add(userId, account);
            _wanted[userId] = true;
        }

        account.Listeners[listener.SessionId] = listener;
        _ = CatchUpAsync(account, listener, afterId);
    }

    /// <summary>The listener wants no more. On the loop only.</summary>
    public void Leave(Guid userId, IOrderListener listener)
    {
        if (_accounts.TryGetValue(userId, out var account) &&
            account.Listeners.TryGetValue(listener.SessionId, out var current) && current == listener)
        {
            account.Listeners.Remove(listener.SessionId);
            if (account.Listeners.Count == 0)
            {
                _accounts.Remove(userId);
                _wanted.TryRemove(userId, out _);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        redis.ConnectionRestored += (_, _) => LookNow();
        new BusSubscription(redis, clock, logger).Start(
            new RedisChannel(Topics.AllUserEvents, RedisChannel.PatternMode.Pattern), OnMessage, LookNow, stoppingToken);
        loop.Every(options.Value.EventsEvery, LookNow);

        while (true)
        {
            await _look.WaitAsync(stoppingToken);
            while (_look.Wait(0, stoppingToken))
            {
            }

            try
            {
                await ReadMissedAsync(stoppingToken);
            }
            catch (NpgsqlException exception)
            {
                LogReadFailed(exception.Message);
                await Task.Delay(Retry, clock, stoppingToken);
            }
        }
    }

    private void LookNow()
    {
        if (_look.CurrentCount == 0)
        {
            _look.Release();
        }
    }

    // On Redis' thread.
    private void OnMessage(RedisChannel channel, RedisValue value)
    {
        var name = ((string)channel!).AsSpan(Topics.AllUserEvents.Length - 1);
        if (!Guid.TryParse(name, out var userId) || !_wanted.ContainsKey(userId))
        {
            return;
        }

        AccountEvent known;
        try
        {
            var message = JsonSerializer.Deserialize((byte[])value!, ContractsJson.Default.UserEvent);
            if (message is null || message.UserId != userId)
            {
                LogStrangeEvent(userId);
                return;
            }

            known = Read(message);
        }
        catch (JsonException)
        {
            LogStrangeEvent(userId);
            return;
        }

        loop.Post(() =>
        {
            if (_accounts.TryGetValue(userId, out var account) && account.Take(known))
            {
                LookNow();
            }
        });
    }

    // Where the account stands is read before the session's own past: whatever comes in between is in both, never in neither.
    private async Task CatchUpAsync(Account account, IOrderListener listener, long afterId)
    {
        while (true)
        {
            try
            {
                var position = await ReadPositionAsync(account.UserId);
                loop.Post(() => account.Position(position));
                var past = await ReadSessionAsync(listener.SessionId, afterId);
                loop.Post(() => listener.OnPastOrders(past));
                return;
            }
            catch (NpgsqlException exception)
            {
                LogReadFailed(exception.Message);
                await Task.Delay(Retry, clock);
            }
        }
    }

    private async Task ReadMissedAsync(CancellationToken cancellationToken)
    {
        var known = await loop.AskAsync(() => _accounts.Values
            .Where(account => account.IsPositioned)
            .Select(account => (account.UserId, account.LastId))
            .ToArray());
        if (known.Length == 0)
        {
            return;
        }

        await using var command = database.CreateCommand("""
            select e.user_id, e.id, e.session_id, e.kind, e.data::text, e.traceparent
            from unnest($1::uuid[], $2::bigint[]) as known (user_id, id)
            cross join lateral (
                select u.user_id, u.id, u.session_id, u.kind, u.data, u.traceparent
                from user_events u
                where u.user_id = known.user_id and u.id > known.id
                order by u.id
                limit $3) e
            order by e.user_id, e.id
            """);
        command.Parameters.Add(new() { Value = known.Select(account => account.UserId).ToArray() });
        command.Parameters.Add(new() { Value = known.Select(account => account.LastId).ToArray() });
        command.Parameters.Add(new() { Value = Chunk });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var missed = new List<(Guid UserId, AccountEvent Event)>();
        while (await rows.ReadAsync(cancellationToken))
        {
            missed.Add((rows.GetGuid(0), new AccountEvent(
                rows.GetInt64(1),
                rows.IsDBNull(2) ? null : rows.GetGuid(2),
                IsOrder(rows.GetString(3)) ? OrderOf(rows.GetGuid(0), rows.GetInt64(1), rows.GetString(4)) : null,
                rows.IsDBNull(5) ? null : rows.GetString(5))));
        }

        if (missed.Count == 0)
        {
            return;
        }

        loop.Post(() =>
        {
            foreach (var (userId, missedEvent) in missed)
            {
                if (_accounts.TryGetValue(userId, out var account))
                {
                    account.Take(missedEvent);
                }
            }
        });
        if (missed.CountBy(entry => entry.UserId).Any(count => count.Value == Chunk))
        {
            LookNow();
        }
    }

    private async Task<long> ReadPositionAsync(Guid userId)
    {
        await using var command = database.CreateCommand("select coalesce(max(id), 0) from user_events where user_id = $1");
        command.Parameters.Add(new() { Value = userId });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task<IReadOnlyList<AccountEvent>> ReadSessionAsync(Guid sessionId, long afterId)
    {
        await using var command = database.CreateCommand("""
            select id, session_id, kind, data::text, traceparent, user_id
            from user_events
            where session_id = $1 and id > $2 and kind in ('order', 'fill')
            order by id
            """);
        command.Parameters.Add(new() { Value = sessionId });
        command.Parameters.Add(new() { Value = afterId });
        await using var rows = await command.ExecuteReaderAsync();
        var events = new List<AccountEvent>();
        while (await rows.ReadAsync())
        {
            if (OrderOf(rows.GetGuid(5), rows.GetInt64(0), rows.GetString(3)) is { } order)
            {
                events.Add(new AccountEvent(
                    rows.GetInt64(0), rows.GetGuid(1), order, rows.IsDBNull(4) ? null : rows.GetString(4)));
            }
        }

        return events;
    }

    // One event that can't be read must not keep all others from all sessions.
    private OrderEvent? OrderOf(Guid userId, long id, string json)
    {
        try
        {
            return TapeStore.OrderOf(json);
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException)
        {
            LogUnreadable(id, userId, exception.Message);
            return null;
        }
    }

    private static AccountEvent Read(UserEvent message) => new(
        message.Id,
        message.SessionId,
        IsOrder(message.Kind) ? message.Data.Deserialize(ContractsJson.Default.OrderEvent) : null,
        message.Traceparent);

    private static bool IsOrder(string kind) => kind is "order" or "fill";

    [LoggerMessage(LogLevel.Warning, "A message on the event channel of user {UserId} is not an event; it is ignored")]
    private partial void LogStrangeEvent(Guid userId);

    [LoggerMessage(LogLevel.Error, "Event {EventId} of user {UserId} can't be read, no session will see it: {Reason}")]
    private partial void LogUnreadable(long eventId, Guid userId, string reason);

    [LoggerMessage(LogLevel.Warning, "Stored events could not be read, trying again: {Reason}")]
    private partial void LogReadFailed(string reason);

    /// <summary>One user's events, in order.</summary>
    private sealed class Account(Guid userId)
    {
        public Guid UserId { get; } = userId;

        public Dictionary<Guid, IOrderListener> Listeners { get; } = [];

        public bool IsPositioned { get; private set; }

        public long LastId { get; private set; }

        public void Position(long lastId)
        {
            if (!IsPositioned)
            {
                IsPositioned = true;
                LastId = lastId;
            }
        }

        /// <returns>Whether events before it are missing.</returns>
        public bool Take(AccountEvent next)
        {
            if (!IsPositioned || next.Id <= LastId)
            {
                return false;
            }

            if (next.Id > LastId + 1)
            {
                return true;
            }

            LastId = next.Id;
            if (next is { SessionId: { } sessionId, Order: not null } && Listeners.TryGetValue(sessionId, out var listener))
            {
                listener.OnOrder(next);
            }

            return false;
        }
    }
}

/// <summary>One event of a user's account.</summary>
/// <param name="Id">Rises by one per user.</param>
/// <param name="SessionId">Whose session's, if any.</param>
/// <param name="Order">What happened to an order; null for events of another kind.</param>
/// <param name="Traceparent">Trace context, if sampled.</param>
internal sealed record AccountEvent(long Id, Guid? SessionId, OrderEvent? Order, string? Traceparent);

/// <summary>A session that wants its order events. Everything on the loop's thread.</summary>
internal interface IOrderListener
{
    Guid SessionId { get; }

    /// <summary>The next event, as it happens.</summary>
    void OnOrder(AccountEvent order);

    /// <summary>Everything up to a moment after it began to listen, some of which it may have got already.</summary>
    void OnPastOrders(IReadOnlyList<AccountEvent> orders);
}
