using System.Diagnostics;
using StratForge.Benchmarks.Measuring;

namespace StratForge.Benchmarks.OrderIntake;

/// <summary>This program again, as a small web server that the platform is measured beside. It serves until its input ends.</summary>
internal sealed class BareProcess : IDisposable
{
    private readonly Process _process;

    private BareProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>CPU time that it has used so far.</summary>
    public TimeSpan Cpu => ProcessTree.CpuOf(_process.Id);

    /// <summary>Starts the process and waits until it listens.</summary>
    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    public static async Task<BareProcess> StartAsync(ProcessStartInfo start)
    {
        var process = Process.Start(start)!;
        var address = await process.StandardOutput.ReadLineAsync();
        return address is null
            ? throw new InvalidOperationException($"It ended before it listened: {string.Join(' ', start.ArgumentList)}")
            : new BareProcess(process, new Uri(address));
    }

    /// <summary>The process's side.</summary>
    /// <param name="map">What it serves.</param>
    public static async Task<int> ServeAsync(Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        map(app);
        await app.StartAsync();
        await Console.Out.WriteLineAsync(app.Urls.First());
        await Console.In.ReadToEndAsync();
        return 0;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
