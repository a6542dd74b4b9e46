using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using StratForge.Alpaca;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Market;
using StratForge.Gateway.Orders;
using StratForge.Gateway.Risk;
using StratForge.Gateway.Bookkeeping;
using StratForge.Testing;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Tests.Orders;

/// <summary>The order side of one gateway process over a real Postgres and Redis, with a venue in memory. Disposing of it is the
/// process's end; another on the same database and venue is its restart.</summary>
internal sealed class OrderHouse : IAsyncDisposable
{
    private readonly FreshDatabase _database;
    private readonly WebApplication _app;
    private readonly TimeProvider _clock;
    private readonly List<IHostedService> _running = [];
    private int _users;

    private OrderHouse(FreshDatabase database, FreshRedis redis, PaperVenue venue)
    {
        (_database, _clock, Venue) = (database, TimeProvider.System, venue);
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(redis.ConnectionString));
        _app = Build(builder, database.ConnectionString, venue);
    }

    private OrderHouse(
        FreshDatabase database, FreshRedis redis, PaperVenue venue, TimeProvider clock, IBroker submissions, IBroker comparisons, string connectionString,
        ILoggerProvider log)
    {
        (_database, _clock, Venue) = (database, clock, venue);
        // Without files to watch and with the class's connection to Redis: a schedule opens many of these.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddSingleton(redis.Connection);
        _app = Build(builder, connectionString, submissions, log, comparisons);
    }

    public PaperVenue Venue { get; }

    public BookKeeper Books => Get<BookKeeper>();

    public OrderDesk Desk => Get<OrderDesk>();

    public BrokerRecovery Recovery => Get<BrokerRecovery>();

    public OrderCancels Cancels => Get<OrderCancels>();

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Starts one that keeps the books; what the venue says goes straight to them, and nobody looks for what was missed unless the
    /// test does.</summary>
    public static async Task<OrderHouse> OpenAsync(FreshDatabase database, FreshRedis redis, PaperVenue? venue = null)
    {
        var house = new OrderHouse(database, redis, venue ?? new PaperVenue(TimeProvider.System));
        house.Venue.OnUpdate = house.Report;
        await house.LeadAsync();
        return house;
    }

    /// <summary>Starts one that keeps the books on another clock, reaching venue and database by lines that can fail. Nobody tells it anything
    /// unless the test does. What it submits and what it compares reach the venue on different lines.</summary>
    public static async Task<OrderHouse> OpenAsync(
        FreshDatabase database, FreshRedis redis, PaperVenue venue, TimeProvider clock, IBroker submissions, IBroker comparisons, string connectionString,
        ILoggerProvider log)
    {
        var house = new OrderHouse(database, redis, venue, clock, submissions, comparisons, connectionString, log);
        await house.LeadAsync();
        return house;
    }

    /// <summary>Starts a whole one: it leads, listens, settles and recovers by itself.</summary>
    public static async Task<OrderHouse> OpenWholeAsync(FreshDatabase database, FreshRedis redis, PaperVenue venue)
    {
        venue.OnUpdate = null;
        var house = new OrderHouse(database, redis, venue);
        await house.Get<RiskBooks>().RefreshAsync(CancellationToken.None);
        await house.StartAsync(house.Books);
        await house.StartAsync(house.Get<Submissions>());
        await house.StartAsync(house.Get<BooksLeader>());
        return house;
    }

    /// <summary>Takes in what the venue says.</summary>
    public void Report(AlpacaTradeUpdate update)
    {
        if (VenueReports.Of(update, out _) is { } report)
        {
            Books.ReportAsync(report, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Opens an account with a deposit.</summary>
    public async Task<Guid> AUserAsync(decimal cash = 100_000)
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(54);
        var id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        var name = $"u{id:N}{_users++}";
        await _database.ExecuteAsync(
            "insert into users (id, email, username, password_hash, role, created_at, updated_at) values ($1, $2, $2, 'h', 'user', $3, $3)",
            id, name, now);
        await _database.ExecuteAsync("select open_account($1, $2, $3)", id, cash, now);
        return id;
    }

    /// <summary>Starts a session of a user.</summary>
    public async Task<Guid> ASessionAsync(Guid userId, string symbol, string status = "RUNNING", long epoch = 1)
    {
        var now = TimeProvider.System.GetUtcNow();
        var strategy = Guid.CreateVersion7(now);
        var session = Guid.CreateVersion7(now);
        var isOver = status is "STOPPED" or "FAILED";
        await _database.ExecuteAsync(
            "insert into strategies (id, user_id, name, language, symbol, code, code_hash, created_at, updated_at) values ($1, $2, 's', 'python', $3, 'c', 'h', now(), now())",
            strategy, userId, symbol);
        await _database.ExecuteAsync("insert into strategy_versions values ($1, 1, 'python', 'c', 'h', now())", strategy);
        await _database.ExecuteAsync(
            """
            insert into sessions (id, user_id, strategy_id, strategy_version, symbol, asset_class, status, created_at, ended_at, lease_epoch)
            values ($1, $2, $3, 1, $4, $5, $6, now(), case when $7 then now() end, $8)
            """,
            session, userId, strategy, symbol, symbol.Contains('/', StringComparison.Ordinal) ? "crypto" : "stock", status, isOver, epoch);
        return session;
    }

    /// <summary>A limit order by hand. Where no price is known yet, the market stands at the limit.</summary>
    public Task<IntakeAnswer> PlaceAsync(Guid userId, string symbol, Side side, decimal quantity, decimal limit, string? clientOrderId = null)
    {
        if (Get<LastPrices>().Peek(symbol) is null)
        {
            Price(symbol, limit);
        }

        return PlaceAsync(userId, new OrderTerms(symbol, side, quantity, "limit", "day", limit), clientOrderId);
    }

    /// <summary>A market order by hand. A buy needs <see cref="Price"/> first.</summary>
    public Task<IntakeAnswer> PlaceAsync(Guid userId, string symbol, Side side, decimal quantity) =>
        PlaceAsync(userId, new OrderTerms(symbol, side, quantity, "market", "day"));

    /// <summary>An order by hand.</summary>
    public Task<IntakeAnswer> PlaceAsync(Guid userId, OrderTerms terms, string? clientOrderId = null) =>
        PlaceAsync(userId, new OrderWish(terms), clientOrderId);

    /// <summary>An order by hand, exits included.</summary>
    public Task<IntakeAnswer> PlaceAsync(Guid userId, OrderWish wish, string? clientOrderId = null) =>
        Desk.PlaceAsync(userId, wish, clientOrderId, null, CancellationToken.None);

    /// <summary>Keeps the books from now on, under an epoch of its own.</summary>
    public async Task LeadOnAsync() => Books.Lead(await Get<BooksStore>().LeadAsync(new BooksDoors(null, null), _clock.Now(), CancellationToken.None));

    /// <summary>Makes a price known.</summary>
    public void Price(string symbol, decimal price) =>
        Get<LastPrices>().Note(new LastPrice(symbol, price, _clock.GetUtcNow()));

    /// <summary>Makes a quote known.</summary>
    public void Quote(string symbol, decimal bid, decimal ask) =>
        Get<LastPrices>().Note(new LastPrice(symbol, (bid + ask) / 2, _clock.GetUtcNow(), bid, ask));

    /// <summary>Returns when everything that was handed to the books before is written.</summary>
    public Task SettleAsync() => Books.AskAsync(new Nothing(), CancellationToken.None);

    /// <summary>Books what comes until <paramref name="isDone"/>; what was reported before it is booked too.</summary>
    public async Task SettleUntilAsync(Func<Task<bool>> isDone)
    {
        await SettleAsync();
        await Eventually.BecomesAsync(
            async () =>
            {
                if (await isDone())
                {
                    return true;
                }

                await Books.DoAsync(new MoveOn(), CancellationToken.None);
                await SettleAsync();
                return false;
            },
            static done => done);
    }

    /// <summary>Books until an order has that status.</summary>
    public Task SettleUntilAsync(Guid orderId, string status) =>
        SettleUntilAsync(async () => await StatusAsync(orderId) == status);

    public async Task<string> StatusAsync(Guid orderId) =>
        await _database.ValueAsync<string>("select status from orders where id = $1", orderId) ?? "none";

    /// <summary>A user's balance.</summary>
    public Task<decimal> BalanceAsync(Guid userId, string kind, string asset = "USD") =>
        _database.ValueAsync<decimal>("select balance from ledger_accounts where owner_id = $1 and kind = $2 and asset = $3", userId, kind, asset);

    /// <summary>A user's units of a symbol, over all sessions.</summary>
    public Task<decimal> HeldAsync(Guid userId, string symbol) =>
        _database.ValueAsync<decimal>("select coalesce(sum(quantity), 0) from positions where user_id = $1 and symbol = $2", userId, symbol);

    public async Task StartAsync(IHostedService service)
    {
        await service.StartAsync(CancellationToken.None);
        _running.Add(service);
    }

    /// <summary>Ends it as a crash would once its lines are cut and its clock stands: nothing is finished, nothing is said.</summary>
    public ValueTask KillAsync() => Get<Npgsql.NpgsqlDataSource>().DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        Venue.OnUpdate = null;
        foreach (var service in Enumerable.Reverse(_running))
        {
            await service.StopAsync(CancellationToken.None);
        }

        await _app.DisposeAsync();
    }

    private async Task LeadAsync()
    {
        await Get<RiskBooks>().RefreshAsync(CancellationToken.None);
        await StartAsync(Get<PriceTicks>());
        await StartAsync(Books);
        await StartAsync(Get<Submissions>());
        await LeadOnAsync();
    }

    private WebApplication Build(
        WebApplicationBuilder builder, string connectionString, IBroker broker, ILoggerProvider? log = null, IBroker? comparisons = null)
    {
        builder.Logging.ClearProviders();
        if (log is not null)
        {
            builder.Logging.AddProvider(log);
        }

        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Broker:ApiKey"] = "k",
            ["Broker:SecretKey"] = "s",
            ["ConnectionStrings:stratforge"] = connectionString,
        });
        builder.Services.AddSingleton(_clock);
        builder.AddNpgsqlDataSource("stratforge");
        builder.AddMarket();
        builder.AddOrders();
        builder.AddRisk();
        builder.Services.AddSingleton(broker);
        if (comparisons is not null)
        {
            builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<BrokerRecovery>(services, comparisons));
        }

        return builder.Build();
    }
}

/// <summary>Does nothing, after everything before it.</summary>
internal sealed class Nothing : BookQuestion<bool>
{
    protected override bool Decide(BookWork work) => true;
}

/// <summary>Signals for tests.</summary>
internal static class Signals
{
    public static ExecuteSignal Of(
        Guid sessionId, string symbol, Side side, decimal quantity, long seq = 1, int ordinal = 0, long epoch = 1, decimal? limit = null) =>
        new(
            SignalIds.Derive(sessionId, SessionEventKind.Bar, seq, ordinal), sessionId, Guid.Empty, symbol, side, quantity, 1, epoch,
            SessionEventKind.Bar, seq, ordinal, DateTimeOffset.UnixEpoch.AddYears(54), OrderType: limit is null ? null : "limit", LimitPrice: limit);
}
