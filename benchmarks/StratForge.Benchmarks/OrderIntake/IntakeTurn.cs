using Npgsql;
using StratForge.Benchmarks.Measuring;
using StratForge.Benchmarks.Platform;

namespace StratForge.Benchmarks.OrderIntake;

/// <summary>Turns of the platform: a load, then what has to be over before the next contestant's turn.</summary>
internal sealed class IntakeTurn(
    PlatformUnderTest platform, BrokerSink sink, NpgsqlDataSource database, PostgresProcess postgres, BarFeed feed, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    private long _accepted;
    private decimal _atBroker;

    /// <summary>Runs a load, waits until the broker has every order of it, and then until all are filled and booked.</summary>
    /// <remarks>The rate counts until the last answer, the CPU until the last order is at the broker; with fills at once, until the last is booked.</remarks>
    /// <exception cref="TimeoutException">Orders that were accepted did not arrive, or were not settled.</exception>
    public async Task<IntakeRun> RunAsync(IntakeLoad load, TimeSpan duration, bool withFills)
    {
        // A price of this moment, as a live market would have given.
        await feed.PublishAsync();

        var (gatewayCpu, postgresCpu, clientCpu) = Cpu();
        var run = await load.RunAsync(duration);
        _accepted += run.Milliseconds.Count;
        await ArriveAsync();
        if (withFills)
        {
            await SettleAsync();
        }

        var after = Cpu();
        if (!withFills)
        {
            await sink.FillOpenAsync();
            await SettleAsync();
        }

        return new IntakeRun(
            run.Elapsed, run.Milliseconds, after.Gateway - gatewayCpu, after.Postgres - postgresCpu, after.Client - clientCpu);
    }

    /// <summary>Shows the planner tables that are no longer empty, which autovacuum would do within a minute.</summary>
    public async Task AnalyzeAsync()
    {
        await using var analyze = database.CreateCommand("vacuum analyze");
        await analyze.ExecuteNonQueryAsync();
    }

    /// <summary>Makes sure that what was counted as accepted is what is stored.</summary>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    public async Task CheckAsync()
    {
        await using var command = database.CreateCommand("select count(*) from orders where status = 'filled'");
        var stored = (long)(await command.ExecuteScalarAsync())!;
        if (stored != _accepted)
        {
            throw new InvalidOperationException($"The gateway accepted {_accepted} orders and filled {stored}.");
        }
    }

    private (TimeSpan Gateway, TimeSpan Postgres, TimeSpan Client) Cpu() =>
        (platform.CpuOf("gateway"), postgres.Cpu, Environment.CpuUsage.TotalTime);

    private async Task ArriveAsync()
    {
        using var timeout = new CancellationTokenSource(Patience, clock);
        try
        {
            while (_atBroker < _accepted)
            {
                _atBroker += (await sink.Arrivals.ReadAsync(timeout.Token)).Quantity;
            }
        }
        catch (OperationCanceledException exception)
        {
            throw new TimeoutException($"Of {_accepted} accepted orders only {_atBroker} reached the broker.", exception);
        }
    }

    private async Task SettleAsync()
    {
        using var timeout = new CancellationTokenSource(Patience, clock);
        using var timer = new PeriodicTimer(LookEvery, clock);
        await using var command = database.CreateCommand(
            "select exists (select from broker_orders where status in ('accepted', 'new', 'partially_filled'))");
        while (await command.ExecuteScalarAsync(CancellationToken.None) is true)
        {
            try
            {
                await timer.WaitForNextTickAsync(timeout.Token);
            }
            catch (OperationCanceledException exception)
            {
                throw new TimeoutException("The broker has filled every order, but not all are booked.", exception);
            }
        }
    }
}
