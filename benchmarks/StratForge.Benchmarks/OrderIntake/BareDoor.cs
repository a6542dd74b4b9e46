using StratForge.Benchmarks.Measuring;

namespace StratForge.Benchmarks.OrderIntake;

/// <summary>The least that a door for orders could be: a process whose web server reads the request's JSON and answers JSON of the usual length.
/// No identity, no rules, no books, no broker.</summary>
internal sealed class BareDoor(BareProcess process) : IDisposable
{
    /// <summary>First argument of this program when it is to be such a process.</summary>
    public const string Verb = "bare-door";

    public Uri Address => process.Address;

    /// <summary>Starts the process and waits until it listens.</summary>
    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    public static async Task<BareDoor> StartAsync() => new(await BareProcess.StartAsync(OwnChild.Of(Verb)));

    /// <summary>The process's side: serves until its input ends.</summary>
    public static Task<int> ServeAsync() => BareProcess.ServeAsync(static app => app.MapPost("/trade/orders", static (BareOrder order) => order.ToAnswer()));

    /// <summary>Runs a load.</summary>
    public async Task<IntakeRun> RunAsync(IntakeLoad load, TimeSpan duration)
    {
        var (door, client) = (process.Cpu, Environment.CpuUsage.TotalTime);
        var run = await load.RunAsync(duration);
        return new IntakeRun(run.Elapsed, run.Milliseconds, process.Cpu - door, TimeSpan.Zero, Environment.CpuUsage.TotalTime - client);
    }

    public void Dispose() => process.Dispose();
}
