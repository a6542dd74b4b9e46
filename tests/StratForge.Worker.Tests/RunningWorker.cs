using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StratForge.Worker.Hosts;
using StratForge.Worker.Sessions;

namespace StratForge.Worker.Tests;

/// <summary>A worker inside of the test process: it stops in good order.</summary>
internal sealed class RunningWorker : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningWorker(WebApplication app) => _app = app;

    public SessionDesk Desk => _app.Services.GetRequiredService<SessionDesk>();

    /// <summary>A part of it.</summary>
    public T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public CageState Cage => _app.Services.GetRequiredService<CageState>();

    public static async Task<RunningWorker> StartAsync(Platform platform, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            EnvironmentName = settings.FirstOrDefault(setting => setting.Key == "environment").Value,
        });
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(
            SettingsOf(platform).Concat(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults();
        builder.AddNpgsqlDataSource("stratforge");
        builder.AddRedisClient("redis");
        builder.AddWorker();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        await app.StartAsync();
        return new RunningWorker(app);
    }

    public static Dictionary<string, string?> SettingsOf(Platform platform) => new(StringComparer.Ordinal)
    {
        ["ConnectionStrings:stratforge"] = platform.Database.ConnectionString,
        ["ConnectionStrings:redis"] = platform.Redis.ConnectionString,
        ["Gateway:InternalUrl"] = platform.GatewayAddress,
        ["Internal:Key"] = Platform.Key,
        ["Worker:HostsDirectory"] = WorkerPrograms.Hosts,
        ["Worker:ClaimEvery"] = "00:00:00.2",
        ["Worker:BarsOverdueAfter"] = "00:00:00.5",
        ["Worker:EventsEvery"] = "00:00:00.5",
        ["Worker:HistoryPatience"] = "00:00:00.3",
    };

    /// <summary>Where it answers.</summary>
    public string Address => _app.Urls.First();

    public async Task<string> HealthAsync()
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(Address + "/health"));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>A worker as a process of its own: it can be killed.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    public static WorkerProcess Start(Platform platform, params (string Key, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(WorkerPrograms.Worker, "StratForge.Worker.dll")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var all = RunningWorker.SettingsOf(platform).Concat(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        foreach (var (key, value) in all)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new WorkerProcess(process);
    }

    /// <summary>Ends it at once, as a crash would; its hosts have to notice by themselves.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Processes it started that still run.</summary>
    public IReadOnlyList<int> Children() => ChildrenOf(_process.Id);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    /// <summary>Processes that a process started and that still run.</summary>
    public static IReadOnlyList<int> ChildrenOf(int processId) =>
    [
        .. Directory.GetDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), out var id) ? id : 0)
            .Where(id => id > 0 && ParentOf(id) == processId),
    ];

    public static int? ParentOf(int processId)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{processId}/stat");
            return int.Parse(status[(status.LastIndexOf(')') + 4)..].Split(' ')[0]);
        }
        catch (IOException)
        {
            return null;
        }
    }
}

/// <summary>Where the build put the programs.</summary>
internal static class WorkerPrograms
{
    public static string Worker { get; } = Find();

    public static string Hosts { get; } = Path.Combine(Worker, "hosts");

    // Output folders look alike in all projects: bin/<configuration>/<framework>, with whatever lies between for another binding.
    private static string Find()
    {
        var own = AppContext.BaseDirectory.TrimEnd('/');
        var project = own[..own.IndexOf("/bin/", StringComparison.Ordinal)];
        var tail = own[(project.Length + 1)..];
        return Path.GetFullPath(Path.Combine(project, "..", "..", "services", "StratForge.Worker", tail));
    }
}
