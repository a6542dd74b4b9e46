using System.Globalization;
using System.Runtime.InteropServices;

namespace StratForge.StrategyHost.Sandbox;

/// <summary>What the launcher becomes: a runtime with its arguments, the whole of its environment, and the paths it may use.</summary>
/// <param name="Runtime">Real path of the runtime's binary.</param>
/// <param name="Arguments">Without the binary itself.</param>
/// <param name="Environment">All of it.</param>
/// <param name="IsDotNet">Whether the runtime is .NET.</param>
/// <param name="GivesWay">Whether services come first when processors are scarce. Not for a compiler: its author waits for it.</param>
/// <param name="Rules">Files and folders it may read.</param>
internal sealed record LaunchTarget(
    string Runtime,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<string> Environment,
    bool IsDotNet,
    bool GivesWay,
    IReadOnlyList<PathRule> Rules)
{
    private const long Mebibyte = 1024 * 1024;
    private const ulong ReadTree = Landlock.ReadFile | Landlock.ReadDirectory;
    private const ulong Run = Landlock.ReadFile | Landlock.Execute;

    // Shared libraries and the loader where Debian, Fedora and Alpine put them on either architecture; those that are not there are passed over.
    private static readonly PathRule[] System =
    [
        .. Libraries().Select(path => new PathRule(path, ReadTree)),
        .. Loaders().Select(path => new PathRule(path, Run)),
        new("/etc/ld.so.cache", Landlock.ReadFile),
        new("/usr/share/zoneinfo", ReadTree),
        new("/dev/null", Landlock.ReadFile),
        new("/dev/urandom", Landlock.ReadFile),
    ];

    /// <summary>The target of <paramref name="kind"/>: <c>csharp</c>, <c>python</c> or <c>compile</c>.</summary>
    /// <exception cref="SandboxUnavailable">Its runtime is not on this machine.</exception>
    public static LaunchTarget For(string kind) => kind switch
    {
        "csharp" => DotNet("run", HostLimits.FromEnvironment(HostLimits.CSharp), youngest: "400000"),
        "compile" => DotNet("compile", HostLimits.FromEnvironment(HostLimits.Compile), youngest: "2000000"),
        "python" => Python(),
        _ => throw new SandboxUnavailable($"'{kind}' is not a kind of host: csharp, python and compile are."),
    };

    private static LaunchTarget DotNet(string command, HostLimits limits, string youngest)
    {
        var started = global::System.Environment.ProcessPath;
        if (Path.GetFileNameWithoutExtension(started) != "dotnet")
        {
            throw new SandboxUnavailable("The launcher has to be started as: dotnet StratForge.StrategyHost.dll launch ...");
        }

        var runtime = File.ResolveLinkTarget(started!, returnFinalTarget: true)?.FullName ?? started!;
        var host = typeof(LaunchTarget).Assembly.Location;
        var heap = (limits.HeapMegabytes * Mebibyte).ToString("x", CultureInfo.InvariantCulture);
        return new LaunchTarget(
            runtime,
            [host, command],
            [
                "LANG=C.UTF-8",
                "DOTNET_EnableDiagnostics=0",
                "DOTNET_EnableWriteXorExecute=0",
                "DOTNET_gcServer=0",
                "DOTNET_gcConcurrent=0",
                "DOTNET_TieredPGO=0",
                "DOTNET_GCHeapHardLimit=" + heap,
                "DOTNET_GCgen0size=" + youngest,
                "DOTNET_Thread_DefaultStackSize=40000",
                "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1",
                "DOTNET_DbgEnableMiniDump=0",
                .. limits.Environment,
            ],
            IsDotNet: true,
            GivesWay: command != "compile",
            [
                .. System,
                new(runtime, Run),
                new(Path.GetDirectoryName(runtime)!, ReadTree),
                new(Path.GetDirectoryName(host)!, ReadTree),
                // The runtime looks for its own stack there and does not start without it.
                new("/proc/self/maps", Landlock.ReadFile),
            ]);
    }

    private static LaunchTarget Python()
    {
        var python = PythonRuntime.Find();
        return new LaunchTarget(
            python.Interpreter,
            // Not -I, which would also keep it from reading its environment: that is all ours, and says with which seed it hashes. A set of texts is then
            // walked in the same order in every run.
            ["-s", "-S", "-B", python.Host],
            [
                "LANG=C.UTF-8",
                "PYTHONHASHSEED=0",
                "PYTHONDONTWRITEBYTECODE=1",
                "OPENBLAS_NUM_THREADS=1",
                "OMP_NUM_THREADS=1",
                .. HostLimits.FromEnvironment(HostLimits.Python).Environment,
            ],
            IsDotNet: false,
            GivesWay: true,
            [
                .. System,
                new(python.Interpreter, Run),
                .. python.Libraries.Select(path => new PathRule(path, ReadTree)),
                new(python.Package, ReadTree),
            ]);
    }

    private static string Triplet() =>
        (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64" : "x86_64") + "-linux-gnu";

    private static IEnumerable<string> Libraries() => ["/lib/" + Triplet(), "/usr/lib/" + Triplet(), "/lib64", "/usr/lib64"];

    private static IEnumerable<string> Loaders() =>
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64
            ? ["/lib/ld-linux-aarch64.so.1", "/lib/ld-musl-aarch64.so.1"]
            : ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-musl-x86_64.so.1"];
}
