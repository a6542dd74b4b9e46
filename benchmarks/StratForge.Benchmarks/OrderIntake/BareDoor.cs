using System.Diagnostics;
using StratForge.Benchmarks.Measuring;

namespace StratForge.Benchmarks.OrderIntake;

/// <summary>The least that a door for orders could be: a process whose web server reads the request's JSON and answers JSON of the usual length.
/// No identity, no rules, no books, no broker.</summary>
internal sealed class BareDoor : IDisposable
{
    /// <summary>First argument of this program when it is to be such a process.</summary>
    public const string Verb = "bare-door";

    private readonly Process _process;

    private BareDoor(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>Starts the process and waits until it listens.</summary>
    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    public static async Task<BareDoor> StartAsync()
    {
        var process = Process.Start(OwnChild.Of(Verb))!;
        var address = await process.StandardOutput.ReadLineAsync();
        return address is null ? throw new InvalidOperationException("The bare door did not open.") : new BareDoor(process, new Uri(address));
    }

    /// <summary>The process's side: serves until its input ends.</summary>
    public static async Task<int> ServeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapPost("/trade/orders", static (BareOrder order) => order.ToAnswer());
        await app.StartAsync();
        await Console.Out.WriteLineAsync(app.Urls.First());
        await Console.In.ReadToEndAsync();
        return 0;
    }

    /// <summary>Runs a load.</summary>
    public async Task<IntakeRun> RunAsync(IntakeLoad load, TimeSpan duration)
    {
        var (door, client) = (ProcessTree.CpuOf(_process.Id), Environment.CpuUsage.TotalTime);
        var run = await load.RunAsync(duration);
        return new IntakeRun(run.Elapsed, run.Milliseconds, ProcessTree.CpuOf(_process.Id) - door, TimeSpan.Zero, Environment.CpuUsage.TotalTime - client);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
