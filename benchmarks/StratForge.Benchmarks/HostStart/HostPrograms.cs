using System.Diagnostics;

namespace StratForge.Benchmarks.HostStart;

/// <summary>The host programs as the worker's build put them beside it.</summary>
internal static class HostPrograms
{
    /// <summary>The launcher.</summary>
    /// <exception cref="FileNotFoundException">The worker is not built in this configuration.</exception>
    public static string Launcher { get; } = Find();

    /// <summary>How to start the launcher, with the environment that the worker gives it.</summary>
    public static ProcessStartInfo Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Launcher, .. arguments]) { WorkingDirectory = "/" };
        start.Environment.Clear();
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)
            [
                ("LANG", "C.UTF-8"), ("DOTNET_EnableDiagnostics", "0"), ("DOTNET_EnableWriteXorExecute", "0"), ("DOTNET_gcServer", "0"),
                ("DOTNET_gcConcurrent", "0"), ("DOTNET_TieredPGO", "0"), ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1"),
            ])
        {
            start.Environment[name] = value;
        }

        return start;
    }

    // Output folders look alike in all projects: bin/<configuration>/<framework>.
    private static string Find()
    {
        var own = AppContext.BaseDirectory.TrimEnd('/');
        var project = own[..own.IndexOf("/bin/", StringComparison.Ordinal)];
        var launcher = Path.GetFullPath(Path.Combine(
            project, "../../services/StratForge.Worker", own[(project.Length + 1)..], "hosts/csharp/StratForge.StrategyHost.dll"));
        return File.Exists(launcher) ? launcher : throw new FileNotFoundException($"{launcher} is not there; build services/StratForge.Worker first.");
    }
}
