using System.Diagnostics;
using System.Security.Cryptography;
using Npgsql;
using StratForge.LocalHosting.Running;

namespace StratForge.LocalHosting.BackingServices;

/// <summary>A Postgres of one's own for as long as one wants it: for tests and benchmarks, without an application around it.</summary>
/// <remarks>Its data goes when it goes. It ends with this process at the latest, also when that is killed.</remarks>
public sealed class LocalPostgres : IAsyncDisposable
{
    private readonly TemporaryServer _server;

    private LocalPostgres(TemporaryServer server, string connectionString)
    {
        _server = server;
        ConnectionString = connectionString;
    }

    /// <summary>As superuser, without a database.</summary>
    public string ConnectionString { get; }

    /// <param name="durable">Whether it writes as carefully as a real one: what a benchmark wants.</param>
    /// <param name="cancellationToken">Stops waiting, and the server.</param>
    /// <exception cref="DistributedApplicationException">There is no Postgres here and no right to install one.</exception>
    public static async Task<LocalPostgres> StartAsync(bool durable = false, CancellationToken cancellationToken = default)
    {
        var password = RandomNumberGenerator.GetHexString(24, lowercase: true);
        var port = 0;
        var server = await TemporaryServer.StartAsync("postgres", async (folder, freePort) =>
        {
            port = freePort;
            var spec = new PostgresSpec(Path.Combine(folder, "data"), port, "postgres", password, durable);
            if (await PostgresServer.PlanAsync(spec, TemporaryServer.Inherited, _ => { }, cancellationToken) is { } plan)
            {
                return plan;
            }

            await TemporaryServer.RefuseUnlessInstallableAsync("Postgres", "postgresql", cancellationToken);
            await NativePostgres.InstallAsync(Console.Error.WriteLine, _ => { }, cancellationToken);
            return await PostgresServer.PlanAsync(spec, TemporaryServer.Inherited, _ => { }, cancellationToken);
        });
        var text = $"Host=localhost;Port={port};Username=postgres;Password={password}";
        await server.WaitAsync(
            async () =>
            {
                await using var connection = new NpgsqlConnection($"{text};Database=postgres;Pooling=false");
                await connection.OpenAsync(cancellationToken);
            },
            exception => exception is NpgsqlException or System.Net.Sockets.SocketException,
            cancellationToken);
        return new LocalPostgres(server, text);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}

/// <summary>A Redis of one's own, without a password, on loopback.</summary>
/// <inheritdoc cref="LocalPostgres" path="/remarks"/>
public sealed class LocalRedis : IAsyncDisposable
{
    private readonly TemporaryServer _server;

    private LocalRedis(TemporaryServer server, int port)
    {
        _server = server;
        Port = port;
    }

    public int Port { get; }

    public string ConnectionString => $"localhost:{Port}";

    public static async Task<LocalRedis> StartAsync(CancellationToken cancellationToken = default)
    {
        var port = 0;
        var server = await TemporaryServer.StartAsync("redis", async (folder, freePort) =>
        {
            port = freePort;
            var spec = new RedisSpec(folder, port, Password: null, Save: null, Durable: false);
            if (await RedisServer.PlanAsync(spec, TemporaryServer.Inherited, cancellationToken) is { } plan)
            {
                return plan;
            }

            await TemporaryServer.RefuseUnlessInstallableAsync("Redis", "redis-server", cancellationToken);
            await RedisServer.InstallAsync(Console.Error.WriteLine, _ => { }, cancellationToken);
            return await RedisServer.PlanAsync(spec, TemporaryServer.Inherited, cancellationToken);
        });
        var redis = new LocalRedis(server, port);
        await redis.WaitAsync(cancellationToken);
        return redis;
    }

    /// <summary>Ends it at once, with everybody's connections, as a crash would. What it held is lost.</summary>
    public Task KillAsync() => _server.KillAsync();

    /// <summary>Starts it on the same port after it was killed; it holds nothing then.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken = default)
    {
        _server.StartAgain();
        await WaitAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task WaitAsync(CancellationToken cancellationToken) => _server.WaitAsync(
        () => RedisServer.PingAsync("localhost", Port, password: null, cancellationToken),
        exception => exception is System.Net.Sockets.SocketException or IOException,
        cancellationToken);
}

/// <summary>A server process with a folder that goes with it.</summary>
internal sealed class TemporaryServer : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly string _folder;
    private readonly LaunchPlan _plan;
    private readonly Queue<string> _lines = new();
    private ChildProcess _process;

    private TemporaryServer(string folder, LaunchPlan plan)
    {
        _folder = folder;
        _plan = plan;
        _process = ChildProcess.Start(plan, Keep);
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    public static IReadOnlyDictionary<string, string> Inherited { get; } = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
        .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "", StringComparer.Ordinal);

    /// <param name="kind">Part of the folder's name.</param>
    /// <param name="plan">Gets the folder and a free port.</param>
    public static async Task<TemporaryServer> StartAsync(string kind, Func<string, int, Task<LaunchPlan?>> plan)
    {
        var folder = TemporaryFolder.Reserve($"stratforge-{kind}-{RandomText.LowerCase(8)}");
        Directory.CreateDirectory(folder);
        var launch = await plan(folder, PortAllocator.Free())
            ?? throw new DistributedApplicationException($"There is no {kind} server here, even after installing one.");
        return new TemporaryServer(folder, launch with { Disposable = true });
    }

    /// <exception cref="DistributedApplicationException">It can't be installed; the message names the command that would.</exception>
    public static async Task RefuseUnlessInstallableAsync(string what, string package, CancellationToken cancellationToken)
    {
        if (!await AptInstaller.IsPossibleAsync(cancellationToken))
        {
            throw new DistributedApplicationException($"{what} is not installed here. Run: {(OperatingSystem.IsMacOS() ? "brew" : "apt-get")} install {package}");
        }
    }

    public async Task WaitAsync(Func<Task> ask, Func<Exception, bool> isTooEarly, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await ask();
                return;
            }
            catch (Exception exception) when (isTooEarly(exception) && !_process.Exited.IsCompleted && Stopwatch.GetElapsedTime(began) < s_patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
            }
            catch (Exception exception) when (isTooEarly(exception))
            {
                throw new DistributedApplicationException($"{_plan.FileName} does not answer. Its last lines:\n{LastLines()}", exception);
            }
        }
    }

    public Task KillAsync() => _process.KillAsync();

    public void StartAgain() => _process = ChildProcess.Start(_plan, Keep);

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        await _process.DisposeAsync();
        TemporaryFolder.Remove(_folder);
    }

    private void OnProcessExit(object? sender, EventArgs e)
    {
        _process.Kill();
        TemporaryFolder.Remove(_folder);
    }

    private void Keep(string line, bool isError)
    {
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > 30)
            {
                _lines.Dequeue();
            }
        }
    }

    private string LastLines()
    {
        lock (_lines)
        {
            return string.Join('\n', _lines);
        }
    }
}
