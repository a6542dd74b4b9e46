using System.Globalization;
using Npgsql;
using StratForge.Benchmarks.Measuring;

namespace StratForge.Benchmarks.OrderIntake;

/// <summary>What a service that does nothing of its own pays for an order: a process that reads the request, writes the rows by the one statement, posts
/// the order to the broker, and answers. Each order for itself; no identity, no rules, no events, and nothing comes back from the broker.</summary>
internal sealed class BareService(BareProcess process, OneStatement statement) : IDisposable
{
    /// <summary>First argument of this program when it is to be such a process; then follow the users' number and the broker's address.</summary>
    public const string Verb = "bare-service";

    // Not among the arguments, which every process of the machine can read.
    private const string DatabaseVariable = "BARE_SERVICE_DATABASE";

    public Uri Address => process.Address;

    /// <summary>Starts the process and waits until it listens.</summary>
    /// <param name="statement">Whose tables it writes.</param>
    /// <param name="users">Users there are in them.</param>
    /// <param name="broker">Where it posts orders.</param>
    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    public static async Task<BareService> StartAsync(OneStatement statement, int users, Uri broker)
    {
        var start = OwnChild.Of(Verb);
        start.ArgumentList.Add(users.ToString(CultureInfo.InvariantCulture));
        start.ArgumentList.Add(broker.ToString());
        // What the gateway's project sets for its own process.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0";
        start.Environment[DatabaseVariable] = statement.ConnectionString;
        return new BareService(await BareProcess.StartAsync(start), statement);
    }

    /// <summary>The process's side: serves until its input ends.</summary>
    public static async Task<int> ServeAsync(int users, Uri broker)
    {
        await using var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Environment.GetEnvironmentVariable(DatabaseVariable))
        {
            NoResetOnClose = true,
            MaxAutoPrepare = 1,
            AutoPrepareMinUsages = 1,
        });
        using var http = new HttpClient { BaseAddress = broker };
        var sql = await OneStatement.ReadForNpgsqlAsync();
        // The users in turn; ids rise with the statement's clock and differ by this.
        var taken = 0L;
        return await BareProcess.ServeAsync(app => app.MapPost("/trade/orders", async (BareOrder order) =>
        {
            await using (var command = database.CreateCommand(sql))
            {
                var salt = Interlocked.Increment(ref taken);
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = (int)(salt % users) + 1 });
                command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = salt });
                await command.ExecuteNonQueryAsync();
            }

            using var answer = await http.PostAsJsonAsync("/v2/orders", new
            {
                symbol = order.Symbol,
                qty = order.Qty.ToString(CultureInfo.InvariantCulture),
                side = order.Side,
                type = order.Type,
                time_in_force = order.TimeInForce,
                client_order_id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()),
            });
            answer.EnsureSuccessStatusCode();
            return order.ToAnswer();
        }));
    }

    /// <summary>Runs a load.</summary>
    /// <param name="postgres">The server, whose CPU counts too.</param>
    public async Task<IntakeRun> RunAsync(IntakeLoad load, TimeSpan duration, PostgresProcess postgres)
    {
        var (service, server, client) = (process.Cpu, postgres.Cpu, Environment.CpuUsage.TotalTime);
        var run = await load.RunAsync(duration);
        statement.WroteBeside(run.Milliseconds.Count);
        return new IntakeRun(
            run.Elapsed,
            run.Milliseconds,
            process.Cpu - service,
            postgres.Cpu - server,
            Environment.CpuUsage.TotalTime - client);
    }

    public void Dispose() => process.Dispose();
}
