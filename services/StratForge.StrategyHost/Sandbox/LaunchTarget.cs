using System.Globalization;

namespace StratForge.StrategyHost.Sandbox;

/// <summary>What the launcher becomes: a runtime with its arguments and the whole of its environment.</summary>
internal sealed record LaunchTarget(string Runtime, IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment)
{
    private const long Mebibyte = 1024 * 1024;

    /// <summary>The target of <paramref name="kind"/>: <c>csharp</c>, <c>python</c> or <c>compile</c>.</summary>
    /// <exception cref="SandboxUnavailable">Its runtime is not on this machine.</exception>
    public static LaunchTarget For(string kind) => kind switch
    {
        "csharp" => DotNet("run", HostLimits.FromEnvironment(HostLimits.CSharp)),
        "compile" => DotNet("compile", HostLimits.FromEnvironment(HostLimits.Compile)),
        "python" => Python(),
        _ => throw new SandboxUnavailable($"'{kind}' is not a kind of host: csharp, python and compile are."),
    };

    private static LaunchTarget DotNet(string command, HostLimits limits)
    {
        var runtime = System.Environment.ProcessPath;
        if (Path.GetFileNameWithoutExtension(runtime) != "dotnet")
        {
            throw new SandboxUnavailable("The launcher has to be started as: dotnet StratForge.StrategyHost.dll launch ...");
        }

        var heap = (limits.HeapMegabytes * Mebibyte).ToString("x", CultureInfo.InvariantCulture);
        return new LaunchTarget(
            File.ResolveLinkTarget(runtime!, returnFinalTarget: true)?.FullName ?? runtime!,
            [typeof(LaunchTarget).Assembly.Location, command],
            [
                "LANG=C.UTF-8",
                "DOTNET_EnableDiagnostics=0",
                "DOTNET_EnableWriteXorExecute=0",
                "DOTNET_gcServer=0",
                "DOTNET_gcConcurrent=0",
                "DOTNET_TieredPGO=0",
                "DOTNET_GCHeapHardLimit=" + heap,
                "DOTNET_GCgen0size=400000",
                "DOTNET_Thread_DefaultStackSize=40000",
                "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1",
                "DOTNET_DbgEnableMiniDump=0",
                .. limits.Environment,
            ]);
    }

    private static LaunchTarget Python()
    {
        var python = PythonRuntime.Find();
        return new LaunchTarget(
            python.Interpreter,
            ["-I", "-S", "-B", python.Host],
            [
                "LANG=C.UTF-8",
                "PYTHONDONTWRITEBYTECODE=1",
                "OPENBLAS_NUM_THREADS=1",
                "OMP_NUM_THREADS=1",
                .. HostLimits.FromEnvironment(HostLimits.Python).Environment,
            ]);
    }
}
