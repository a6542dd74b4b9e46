using System.Collections.Concurrent;
using System.Diagnostics;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.SharedAccount;

/// <summary>One service as a process of its own. It can be killed at once, as a crash of its machine would.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private const int LinesKept = 200;

    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(120);

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Process _process;

    private ServiceProcess(string service, Uri address, Dictionary<string, string> environment)
    {
        Address = address;
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, $"{service}.dll")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.Environment["ASPNETCORE_URLS"] = address.ToString();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri Address { get; }

    /// <summary>What it said last.</summary>
    public string Said => string.Join('\n', _lines);

    /// <summary>Starts a service and waits until it is healthy.</summary>
    /// <param name="service">Its assembly.</param>
    /// <param name="environment">Its settings.</param>
    /// <param name="address">Where it listens; null lets it choose.</param>
    public static async Task<ServiceProcess> StartAsync(string service, Dictionary<string, string> environment, Uri? address = null)
    {
        var process = new ServiceProcess(service, address ?? new Uri($"http://127.0.0.1:{Ports.Free()}"), environment);
        try
        {
            await process.WaitUntilHealthyAsync();
            return process;
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>Ends it with SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private async Task WaitUntilHealthyAsync()
    {
        using var http = new HttpClient { BaseAddress = Address };
        using var patience = new CancellationTokenSource(StartsWithin);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            Assert.False(_process.HasExited, $"It ended at its start:\n{Said}");
            Assert.False(patience.IsCancellationRequested, $"It is not healthy within {StartsWithin}:\n{Said}");
            try
            {
                using var answer = await http.GetAsync("/health", patience.Token);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
            {
                // It does not listen yet.
            }
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);
        while (_lines.Count > LinesKept)
        {
            _lines.TryDequeue(out _);
        }
    }
}
