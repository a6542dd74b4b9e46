using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StratForge.Gateway.Alerts;
using StratForge.Gateway.Bookkeeping;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Alerts;

/// <summary>Turns of alerts that can't be written when their price comes: the database refuses them, or the gateway has lost the lead.</summary>
public sealed class PostponedAlertTests
{
    [Fact]
    public async Task A_crossing_that_the_database_refuses_is_tried_again_after_pauses_and_told_though_the_price_is_back()
    {
        await using var house = new AlertHouse();
        await house.InitializeAsync();
        var user = await house.Gateway.NewUserAsync();
        house.Price("AAPL", 199);
        var alert = await AlertHouse.WaitingAsync(
            user, new { name = "Up", kind = "price_above", symbol = "AAPL", level = 200, hysteresis = 1, repeats = true, coolDownSeconds = 0 });
        await RefuseTurnsAsync(house.Database);

        house.Price("AAPL", 201);
        await AssertPausesAsync(house.Database);
        house.Price("AAPL", 199);
        await house.Database.ExecuteAsync("drop trigger refuse_turns on alerts");

        await AlertHouse.FiredAsync(user, alert, 1);
        await AlertHouse.BecomesAsync(user, alert, "waiting");
        Assert.Equal("201", (await user.ListAsync($"/api/alerts/{alert}/firings")).Single().GetProperty("value").GetString());
    }

    [Fact]
    public async Task A_turn_that_fires_nothing_is_tried_again_after_pauses_without_another_price()
    {
        await using var house = new AlertHouse();
        await house.InitializeAsync();
        var user = await house.Gateway.NewUserAsync();
        var alert = (await user.PostForAsync("/api/alerts", new { name = "Up", kind = "price_above", symbol = "AAPL", level = 200 })).GetProperty("id").GetGuid();
        await Eventually.BecomesAsync(
            () => Task.FromResult(house.Gateway.Services.GetRequiredService<AlertList>().OfPrice("AAPL").Count), watched => watched == 1);
        await RefuseTurnsAsync(house.Database);

        house.Price("AAPL", 199);
        await AssertPausesAsync(house.Database);
        await house.Database.ExecuteAsync("drop trigger refuse_turns on alerts");

        await AlertHouse.BecomesAsync(user, alert, "waiting");
    }

    [Fact]
    public async Task A_gateway_that_lost_the_lead_lets_its_turns_go_and_the_crossing_is_told_once_somebody_leads_again()
    {
        await using var database = new FreshDatabase();
        await using var redis = new FreshRedis();
        await Task.WhenAll(database.InitializeAsync(), redis.InitializeAsync());
        var postponed = new Postponements();
        await using var gateway = await RunningGateway.StartAsync(database, redis, services => services.AddSingleton<ILoggerProvider>(postponed));
        var user = await gateway.NewUserAsync();
        AlertHouse.Price("AAPL", 199, gateway);
        var alert = await AlertHouse.WaitingAsync(user, new { name = "Up", kind = "price_above", symbol = "AAPL", level = 200 });

        gateway.Services.GetRequiredService<BookKeeper>().StepDown();
        AlertHouse.Price("AAPL", 201, gateway);
        var list = gateway.Services.GetRequiredService<AlertList>();
        await Eventually.BecomesAsync(() => Task.FromResult(list.OfPrice("AAPL").Count), watched => watched == 0);
        Assert.InRange(postponed.Count, 0, 2);

        // The lock's connection breaks, and the lead is sought anew.
        await database.ExecuteAsync("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())");
        await AlertHouse.FiredAsync(user, alert, 1);
        Assert.InRange(postponed.Count, 0, 4);
    }

    // Counted by a sequence, which keeps its number when the transaction that drew it fails.
    private static Task RefuseTurnsAsync(FreshDatabase database) => database.ExecuteAsync("""
        create sequence refused_turns;
        create function refuse_turn() returns trigger language plpgsql as $$
        begin
            perform nextval('refused_turns');
            raise exception 'not now' using errcode = 'cannot_connect_now';
        end $$;
        create trigger refuse_turns before update on alerts for each row execute function refuse_turn();
        """);

    private static async Task AssertPausesAsync(FreshDatabase database)
    {
        await RefusedAsync(1);
        var first = TimeProvider.System.GetTimestamp();
        await RefusedAsync(3);
        Assert.True(TimeProvider.System.GetElapsedTime(first) > TimeSpan.FromSeconds(1), "There is no pause before the next attempt.");

        Task RefusedAsync(int times) => Eventually.BecomesAsync(
            () => database.ValueAsync<long>("select case when is_called then last_value else 0 end from refused_turns"), refused => refused >= times);
    }

    /// <summary>Counts what alerts log as put off.</summary>
    private sealed class Postponements : ILoggerProvider, ILogger
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public ILogger CreateLogger(string categoryName) =>
            categoryName == typeof(AlertFirings).FullName ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Interlocked.Increment(ref _count);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Dispose()
        {
        }
    }
}
