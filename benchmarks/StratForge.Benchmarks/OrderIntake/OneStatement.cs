using System.Diagnostics;
using System.Globalization;
using Npgsql;
using StratForge.Benchmarks.Measuring;

namespace StratForge.Benchmarks.OrderIntake;

/// <summary>The baseline: the rows of an order's intake written by one prepared statement, as fast as pgbench can, in tables of its own on the
/// same server. No HTTP, no checks but the funds, no routing, no broker.</summary>
internal sealed class OneStatement : IDisposable
{
    private const string DatabaseName = "one_statement";
    private const string Resources = "StratForge.Benchmarks.OrderIntake.Sql.";

    private readonly string _pgbench;
    private readonly NpgsqlConnectionStringBuilder _server;
    private readonly PostgresProcess _postgres;
    private readonly int _users;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stratforge-pgbench-");
    private long _orders;

    private OneStatement(string pgbench, NpgsqlConnectionStringBuilder server, PostgresProcess postgres, int users)
    {
        _pgbench = pgbench;
        _server = server;
        _postgres = postgres;
        _users = users;
    }

    /// <summary>Creates the database with its tables and as many users, each with an opening deposit.</summary>
    /// <exception cref="InvalidOperationException">There is no pgbench here.</exception>
    public static async Task<OneStatement> CreateAsync(string server, PostgresProcess postgres, int users)
    {
        var pgbench = Find(postgres);
        await using (var any = NpgsqlDataSource.Create($"{server};Database=postgres"))
        {
            await using var create = any.CreateCommand($"create database {DatabaseName}");
            await create.ExecuteNonQueryAsync();
        }

        var statement = new OneStatement(pgbench, new NpgsqlConnectionStringBuilder($"{server};Database={DatabaseName}"), postgres, users);
        await using var database = NpgsqlDataSource.Create(statement._server.ConnectionString);
        await using var tables = database.CreateCommand(await ReadAsync("tables.sql"));
        await tables.ExecuteNonQueryAsync();
        await using var fill = database.CreateCommand(string.Create(CultureInfo.InvariantCulture, $"""
            insert into users select lpad(to_hex(n), 32, '0')::uuid from generate_series(1, {users}) n;
            insert into accounts (user_id, opened_at) select id, now() from users;
            insert into ledger_accounts (owner_id, kind, asset, balance)
            select id, kind, 'USD', case kind when 'cash' then 100000 else 0 end from users, (values ('cash'), ('cash_reserved')) k (kind);
            analyze;
            """));
        await fill.ExecuteNonQueryAsync();
        await File.WriteAllTextAsync(statement.Script, await ReadAsync("intake.sql"));
        return statement;
    }

    /// <summary>Where its tables are.</summary>
    public string ConnectionString => _server.ConnectionString;

    private string Script => Path.Combine(_folder.FullName, "intake.sql");

    /// <summary>Runs it for some time.</summary>
    /// <param name="clients">Connections, each of which sends the next order when it has the answer to the one before.</param>
    /// <param name="seconds">How long.</param>
    public async Task<IntakeRun> RunAsync(int clients, int seconds)
    {
        // Connecting and preparing costs as much as hundreds of orders; a run of one order each shows how much that is.
        var first = await MeasureAsync(clients, "-t", 1);
        var run = await MeasureAsync(clients, "-T", seconds);
        return run with { PostgresCpu = run.PostgresCpu - first.PostgresCpu, ClientCpu = run.ClientCpu - first.ClientCpu };
    }

    /// <inheritdoc cref="IntakeTurn.AnalyzeAsync"/>
    public async Task AnalyzeAsync()
    {
        await using var database = NpgsqlDataSource.Create(_server.ConnectionString);
        await using var analyze = database.CreateCommand("vacuum analyze");
        await analyze.ExecuteNonQueryAsync();
    }

    /// <summary>Counts orders that somebody else wrote into its tables by the same statement.</summary>
    public void WroteBeside(int orders) => _orders += orders;

    /// <summary>The statement with the user's number as <c>$1</c>, integer, and 60 bits of salt as <c>$2</c>, bigint.</summary>
    public static async Task<string> ReadForNpgsqlAsync()
    {
        var statement = (await ReadAsync("intake.sql")).Split('\n').Where(line => !line.StartsWith("\\set ", StringComparison.Ordinal));
        return string.Join('\n', statement)
            .Replace(":user::integer", "$1::integer", StringComparison.Ordinal)
            .Replace(":salt::bigint", "$2::bigint", StringComparison.Ordinal);
    }

    /// <summary>Makes sure that what was counted is there and that the books balance.</summary>
    /// <exception cref="InvalidOperationException">They don't.</exception>
    public async Task CheckAsync()
    {
        await using var database = NpgsqlDataSource.Create(_server.ConnectionString);
        await using var command = database.CreateCommand("""
            select (select count(*) from orders), (select count(*) from ledger_entries), (select count(*) from user_events),
                   (select count(*) from broker_orders), (select sum(last_event_id)::bigint from accounts),
                   (select sum(reserved_cash) from orders) - (select sum(balance) from ledger_accounts where kind = 'cash_reserved')
            """);
        await using var rows = await command.ExecuteReaderAsync();
        await rows.ReadAsync();
        if (Enumerable.Range(0, 5).Any(column => rows.GetInt64(column) != _orders) || rows.GetDecimal(5) != 0)
        {
            throw new InvalidOperationException($"{_orders} orders were counted, which is not what the tables of {DatabaseName} hold.");
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<IntakeRun> MeasureAsync(int clients, string limit, int value)
    {
        var log = Path.Combine(_folder.FullName, "log");
        var start = new ProcessStartInfo(_pgbench)
        {
            WorkingDirectory = _folder.FullName,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PGPASSWORD"] = _server.Password },
        };
        foreach (var argument in (string[])
        [
            "-h", _server.Host!, "-p", Text(_server.Port), "-U", _server.Username!, "-n", "-M", "prepared", "-f", Script, "-D", $"users={_users}",
            "-c", Text(clients), "-j", Text(Math.Min(clients, Environment.ProcessorCount)), limit, Text(value), "-l", $"--log-prefix={log}", DatabaseName,
        ])
        {
            start.ArgumentList.Add(argument);
        }

        var (postgresCpu, clientCpu) = (_postgres.Cpu, ProcessTree.CpuOfEndedChildren());
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"pgbench ended with {process.ExitCode}: {errors}");
        }

        (postgresCpu, clientCpu) = (_postgres.Cpu - postgresCpu, ProcessTree.CpuOfEndedChildren() - clientCpu);
        var milliseconds = await ReadLogsAsync();
        _orders += milliseconds.Count;
        return new IntakeRun(
            TimeSpan.FromSeconds(milliseconds.Count / Rate(await output)), milliseconds, TimeSpan.Zero, postgresCpu, clientCpu);
    }

    // One file per thread, one line per transaction; the third field is how long it took in microseconds.
    private async Task<List<double>> ReadLogsAsync()
    {
        var milliseconds = new List<double>();
        foreach (var file in _folder.GetFiles("log.*"))
        {
            await foreach (var line in File.ReadLinesAsync(file.FullName))
            {
                milliseconds.Add(double.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture) / 1000);
            }

            file.Delete();
        }

        return milliseconds;
    }

    // "tps = 3812.409187 (without initial connection time)"
    private static double Rate(string output)
    {
        var line = output.Split('\n').FirstOrDefault(line => line.StartsWith("tps = ", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"pgbench told no rate: {output}");
        return double.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture);
    }

    private static string Find(PostgresProcess postgres)
    {
        // Beside the server, so that it is of its version; else wherever a shell would find it.
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return folders.Prepend(postgres.ProgramFolder).Select(folder => Path.Combine(folder, "pgbench")).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException(
                $"pgbench is neither in {postgres.ProgramFolder} nor on PATH. It comes with Postgres: apt-get install postgresql, or "
                + "postgresql-contrib on other Linux systems; brew install postgresql.");
    }

    private static async Task<string> ReadAsync(string file)
    {
        using var reader = new StreamReader(typeof(OneStatement).Assembly.GetManifestResourceStream(Resources + file)!);
        return await reader.ReadToEndAsync();
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
