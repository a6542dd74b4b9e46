using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using StratForge.Benchmarks.Measuring;

namespace StratForge.Benchmarks.Streams;

/// <summary>A process that relays from Redis to WebSocket clients: the gateway, or one of the two programs it is measured beside.</summary>
/// <param name="Name">In the report.</param>
/// <param name="Pid">Its process.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Speaks">What its clients speak.</param>
internal sealed record Contestant(string Name, int Pid, Uri Address, Dialect Speaks) : IDisposable
{
    /// <summary>First argument of this program when it is to be one.</summary>
    public const string Verb = "streams-contestant";

    private Process? _child;

    public TimeSpan Cpu => ProcessTree.CpuOf(Pid);

    /// <summary>Bytes that it holds in memory.</summary>
    public long Resident => ProcessTree.ResidentOf(Pid);

    /// <summary>This program again, as one of those it is measured beside.</summary>
    public static async Task<Contestant> StartAsync(Dialect dialect, string redis)
    {
        // Started as `dotnet that.dll` the path is the runtime's, and the program is its first argument.
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(Assembly.GetEntryAssembly()!.Location);
        }

        start.ArgumentList.Add(Verb);
        start.ArgumentList.Add(dialect == Dialect.SignalR ? "signalr" : "naive");
        start.ArgumentList.Add(redis);
        // As the gateway is measured: the web SDK's collector, and no dynamic profiling.
        start.Environment["DOTNET_gcServer"] = "1";
        start.Environment["DOTNET_TieredPGO"] = "0";
        var child = Process.Start(start)!;
        var address = await child.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The contestant did not start.");
        return new Contestant(dialect == Dialect.SignalR ? "SignalR" : "naive loop", child.Id, new Uri(address), dialect) { _child = child };
    }

    /// <summary>Closes its input, which ends it.</summary>
    public void Dispose()
    {
        if (_child is { } child)
        {
            child.StandardInput.Close();
            child.WaitForExit();
            child.Dispose();
        }
    }

    /// <summary>Where clients of the relayed topic connect.</summary>
    public string RelayPath => Speaks switch
    {
        Dialect.Gateway => "/ws/stream",
        Dialect.SignalR => "/hub",
        _ => "/relay",
    };

    /// <summary>Where a client of some symbols connects.</summary>
    public string MarketPath(IEnumerable<string> symbols) => Speaks switch
    {
        Dialect.Gateway => "/market",
        Dialect.SignalR => string.Create(CultureInfo.InvariantCulture, $"/hub?symbols={string.Join(',', symbols)}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"/market?symbols={string.Join(',', symbols)}"),
    };
}

/// <summary>What clients of a contestant speak.</summary>
internal enum Dialect
{
    Gateway,
    Naive,
    SignalR,
}
