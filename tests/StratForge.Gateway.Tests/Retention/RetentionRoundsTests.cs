using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Orders;
using StratForge.Gateway.Retention;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Retention;

public sealed class RetentionRoundsTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>
{
    [Fact]
    public async Task The_gateway_that_keeps_the_books_deletes_counts_and_says_so_once_an_hour()
    {
        await using var gateway = await RunningGateway.StartAsync(database, redis);
        var books = gateway.Services.GetRequiredService<BookKeeper>();
        await Eventually.BecomesAsync(() => Task.FromResult(books.IsLeading), leads => leads);
        var house = new AgedHouse(database);
        var session = await house.SessionAsync(await house.UserAsync(), endedDaysAgo: 200);
        var counted = new ConcurrentDictionary<string, long>();
        using var meters = Counting(counted);
        var lines = new Lines();
        using var rounds = new RetentionRounds(
            new RetentionStore(database.DataSource), Options.Create(AgedHouse.Defaults), books, house.Clock, lines);
        await rounds.StartAsync(CancellationToken.None);
        await Eventually.BecomesAsync(() => Task.FromResult(house.Clock.TimersSet), timers => timers == 1);

        house.Clock.Advance(TimeSpan.FromHours(1));
        await Eventually.BecomesAsync(() => Task.FromResult(lines.Said.Count), said => said == 1);
        await rounds.StopAsync(CancellationToken.None);

        Assert.Equal((0, 0), (await house.LogsAsync(session), await house.TapeAsync(session)));
        Assert.StartsWith("Retention deleted 14 rows in ", Assert.Single(lines.Said), StringComparison.Ordinal);
        Assert.Contains("session_logs 3", lines.Said.Single(), StringComparison.Ordinal);
        // Counters are the process's, and other tests delete too.
        Assert.True(counted["session_logs"] >= 3 && counted["session_tape_bars"] >= 5, string.Join(' ', counted));
    }

    [Theory]
    [InlineData("SessionLogs=00:30:00", "1 to 36500 days")]
    [InlineData("BrokerOrders=7", "30 to 36500 days")]
    [InlineData("Tapes=-5", "1 to 36500 days")]
    [InlineData("Batch=0", "between 1 and 10000")]
    [InlineData("Every=00:00:05", "between 00:01:00 and 1.00:00:00")]
    public async Task A_value_that_can_only_be_a_mistake_keeps_the_gateway_from_starting(string setting, string says)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => RunningGateway.StartAsync(database, redis, $"Retention:{setting}"));

        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Days_may_be_written_as_a_number_and_nothing_or_zero_keeps_for_ever()
    {
        await using var gateway = await RunningGateway.StartAsync(
            database, redis, "Retention:SessionLogs=30", "Retention:Tapes=", "Retention:UserEvents=0", "Retention:Jobs=7.12:00:00");

        var options = gateway.Services.GetRequiredService<IOptions<RetentionOptions>>().Value;

        Assert.Equal(TimeSpan.FromDays(30), options.SessionLogs);
        Assert.Null(options.Tapes);
        Assert.Equal(TimeSpan.Zero, options.UserEvents);
        Assert.Equal(TimeSpan.FromDays(7.5), options.Jobs);
        Assert.Equal(TimeSpan.FromDays(365), options.BrokerOrders);
    }

    private static MeterListener Counting(ConcurrentDictionary<string, long> counted)
    {
        var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Meter.Name == OrderTelemetry.Name && instrument.Name == "stratforge.retention.deleted")
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>(
            (_, rows, tags, _) => counted.AddOrUpdate((string)tags[0].Value!, rows, (_, before) => before + rows));
        listener.Start();
        return listener;
    }

    private sealed class Lines : ILogger<RetentionRounds>
    {
        public ConcurrentQueue<string> Said { get; } = new();

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Said.Enqueue(formatter(state, exception));

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;
    }
}
