using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using StratForge.Contracts;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Testing;

namespace StratForge.Worker.Tests;

/// <summary>What surrounds a worker: a real database, a real bus, and a gateway that records what it is sent. Each test class has its own.</summary>
public sealed class Platform : IAsyncLifetime
{
    public const string Key = "the-key-of-the-house";

    /// <summary>The market's clock at bar zero.</summary>
    public static readonly DateTimeOffset Opening = new(2013, 10, 4, 13, 30, 0, TimeSpan.Zero);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private readonly Lock _lock = new();
    private readonly List<ExecuteSignal> _signals = [];
    private readonly List<(CancelOrders Wish, int SignalsBefore)> _cancels = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication? _gateway;
    private int _symbols;

    public FreshDatabase Database { get; } = new();

    public FreshRedis Redis { get; } = new();

    public string GatewayAddress => _gateway!.Urls.First();

    /// <summary>What the gateway makes of a signal; a test may put its own here.</summary>
    public Func<ExecuteSignal, ExecuteOutcome> Respond { get; set; } = Accept;

    /// <summary>Takes it: the order has the signal's id.</summary>
    public static ExecuteOutcome Accept(ExecuteSignal signal) => new(signal.SignalId, ExecuteOutcome.Accepted, OrderId: signal.SignalId);

    public async Task InitializeAsync()
    {
        await Task.WhenAll(Database.InitializeAsync(), Redis.InitializeAsync());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _gateway = builder.Build();
        _gateway.MapPost("/internal/execute/batch", TakeAsync);
        _gateway.MapPost("/internal/cancel", CancelAsync);
        await _gateway.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _gateway!.DisposeAsync();
        await Redis.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>A symbol no other test of the class uses.</summary>
    public string NewSymbol() => $"T{(char)('A' + (_symbols / 26))}{(char)('A' + (_symbols++ % 26))}";

    public static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    /// <summary>A worker that is seen, runs nothing, and takes its part only when a test gives it one.</summary>
    public Task AnotherWorkerAsync(string id) => Database.ExecuteAsync("""
        insert into workers (id, capacity, presence_key, started_at, seen_at, lease_expires_at)
        values ($1, 1000, 0, now(), now() + interval '1 hour', now() + interval '1 hour')
        """, id);

    /// <summary>Ends what a test before this one may have left open.</summary>
    public Task ForgetSessionsAsync() =>
        Database.ExecuteAsync("update sessions set status = 'STOPPED', ended_at = now() where ended_at is null");

    /// <summary>Waits until the tests' own connection has found the bus again.</summary>
    public Task BusIsBackAsync() => EventuallyAsync(
        async () =>
        {
            try
            {
                await PublishAsync("anyone", "there?");
                return true;
            }
            catch (Exception exception) when (exception is StackExchange.Redis.RedisException or TimeoutException)
            {
                return false;
            }
        },
        () => Task.FromResult("the bus did not come back"));

    /// <summary>A user with cash, a strategy and a session that waits for a worker.</summary>
    public async Task<Guid> StartSessionAsync(
        string symbol, string language, string code, string mode = "PAPER", Guid? user = null, string parameters = "{}")
    {
        var userId = user ?? await NewUserAsync();
        var (strategyId, sessionId) = (NewId(), NewId());
        await Database.ExecuteAsync("""
            insert into strategies (id, user_id, name, language, symbol, code, code_hash, created_at, updated_at)
            values ($1, $2, 'a strategy', $3, $4, $5, 'hash', now(), now())
            """, strategyId, userId, language, symbol, code);
        await Database.ExecuteAsync("""
            insert into strategy_versions (strategy_id, version, language, code, code_hash, created_at) values ($1, 1, $2, $3, 'hash', now())
            """, strategyId, language, code);
        await Database.ExecuteAsync("""
            insert into sessions (id, user_id, strategy_id, strategy_version, symbol, asset_class, mode, status, created_at, parameters)
            values ($1, $2, $3, 1, $4, $5, $6, 'STARTING', now(), $7::jsonb)
            """, sessionId, userId, strategyId, symbol, symbol.Contains('/', StringComparison.Ordinal) ? "crypto" : "stock", mode, parameters);
        await PublishAsync(Topics.SubscriptionUpdates, JsonSerializer.Serialize(
            new SubscriptionUpdate(SubscriptionUpdate.Subscribe, symbol, Symbols.ClassOf(symbol), strategyId, sessionId),
            ContractsJson.Default.SubscriptionUpdate));
        return sessionId;
    }

    public async Task<Guid> NewUserAsync()
    {
        var userId = NewId();
        await Database.ExecuteAsync(
            "insert into users (id, email, username, password_hash, created_at, updated_at) values ($1, $2, $2, 'x', now(), now())",
            userId, $"{userId:n}@example.org");
        await Database.ExecuteAsync("insert into accounts (user_id, opened_at) values ($1, now())", userId);
        await Database.ExecuteAsync(
            "insert into ledger_accounts (owner_id, kind, asset, balance) values ($1, 'cash', 'USD', 100000)", userId);
        return userId;
    }

    /// <summary>Stores live bars, as the ingestor does, and publishes them unless the bus is to stay silent.</summary>
    public async Task BarsAsync(string symbol, long first, long last, bool publish = true)
    {
        for (var seq = first; seq <= last; seq++)
        {
            await BarAsync(symbol, seq, 100.5m + seq, publish);
        }
    }

    /// <summary>Stores a live bar, of the minute of its number, as the ingestor does, and publishes it unless the bus is to stay silent.</summary>
    public async Task BarAsync(string symbol, long seq, decimal close, bool publish = true)
    {
        var bar = new BarMessage(
            symbol, "1m", close - 0.5m, close + 0.5m, close - 1.5m, close, 1_000, Opening.AddMinutes(seq), seq,
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        await Database.ExecuteAsync(
            "insert into market_data (symbol, timeframe, time, open, high, low, close, volume, seq) values ($1, '1m', $2, $3, $4, $5, $6, $7, $8)",
            symbol, bar.Timestamp, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume, seq);
        if (publish)
        {
            await PublishAsync(Topics.Bars(symbol), JsonSerializer.Serialize(bar, ContractsJson.Default.BarMessage));
        }
    }

    /// <summary>Books an order event of a session, as the gateway does: the next number of the account, stored, then published.</summary>
    public async Task OrderEventAsync(Guid sessionId, OrderEvent order, bool publish = true)
    {
        var data = JsonSerializer.Serialize(order, ContractsJson.Default.OrderEvent);
        var userId = await Database.ValueAsync<Guid>("select user_id from sessions where id = $1", sessionId);
        var id = await Database.ValueAsync<long>(
            "update accounts set last_event_id = last_event_id + 1 where user_id = $1 returning last_event_id", userId);
        await Database.ExecuteAsync("""
            insert into user_events (user_id, id, session_id, kind, occurred_at, data) values ($1, $2, $3, 'fill', now(), $4::jsonb)
            """, userId, id, sessionId, data);
        if (publish)
        {
            using var element = JsonDocument.Parse(data);
            await PublishAsync(Topics.UserEvents(userId), JsonSerializer.Serialize(
                new UserEvent(id, userId, sessionId, "fill", Opening, element.RootElement), ContractsJson.Default.UserEvent));
        }
    }

    public Task<string?> StatusAsync(Guid sessionId) =>
        Database.ValueAsync<string>("select status from sessions where id = $1", sessionId);

    public async Task StatusBecomesAsync(Guid sessionId, string status) =>
        await EventuallyAsync(async () => await StatusAsync(sessionId) == status, async () =>
            $"session is {await StatusAsync(sessionId)} {await FailureAsync(sessionId)}, not {status}");

    public async Task<string> FailureAsync(Guid sessionId) => await Database.ValueAsync<string>(
        "select coalesce(failure_code, '') || ': ' || coalesce(failure_detail, '') from sessions where id = $1", sessionId) ?? "";

    /// <summary>All signals of a session so far, repeats included.</summary>
    public IReadOnlyList<ExecuteSignal> SignalsOf(Guid sessionId)
    {
        lock (_lock)
        {
            return [.. _signals.Where(signal => signal.SessionId == sessionId)];
        }
    }

    /// <summary>Waits for the signals of so many different events.</summary>
    public async Task<IReadOnlyList<ExecuteSignal>> SignalsAsync(Guid sessionId, int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                changed = _changed.Task;
            }

            var signals = SignalsOf(sessionId);
            if (signals.DistinctBy(signal => signal.SignalId).Count() >= count)
            {
                return signals;
            }

            try
            {
                await changed.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"{signals.Count} signals came, {count} were expected; the session is {await StatusAsync(sessionId)} {await FailureAsync(sessionId)}");
            }
        }
    }

    /// <summary>Looks again and again until it is so.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> condition, Func<Task<string>> otherwise)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
        {
            if (patience.IsCancellationRequested)
            {
                Assert.Fail(await otherwise());
            }

            await look.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    public async Task PublishAsync(string channel, string message) =>
        await Redis.Connection.GetSubscriber().PublishAsync(channel, message);

    /// <summary>What a session wanted taken back, each with the number of its signals that came before.</summary>
    public IReadOnlyList<(CancelOrders Wish, int SignalsBefore)> CancelsOf(Guid session)
    {
        lock (_lock)
        {
            return [.. _cancels.Where(cancel => cancel.Wish.SessionId == session)];
        }
    }

    private async Task CancelAsync(HttpContext context)
    {
        var wish = (await JsonSerializer.DeserializeAsync(context.Request.Body, ContractsJson.Default.CancelOrders))!;
        lock (_lock)
        {
            _cancels.Add((wish, _signals.Count(signal => signal.SessionId == wish.SessionId)));
        }

        await context.Response.WriteAsJsonAsync(
            new CancelOrdersOutcome(ExecuteOutcome.Accepted, wish.OrderIds ?? []), ContractsJson.Default.CancelOrdersOutcome);
    }

    private async Task TakeAsync(HttpContext context)
    {
        if (context.Request.Headers[InternalHeaders.ServiceKey] != Key)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        var signals = (await JsonSerializer.DeserializeAsync(context.Request.Body, ContractsJson.Default.ExecuteSignalArray))!;
        var outcomes = signals.Select(Respond).ToArray();
        lock (_lock)
        {
            _signals.AddRange(signals);
            var changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            changed.TrySetResult();
        }

        await context.Response.WriteAsJsonAsync(outcomes, ContractsJson.Default.ExecuteOutcomeArray);
    }
}
