using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace StratForge.Worker.Hosts;

/// <summary>Where the host programs are and how they are started.</summary>
internal sealed class HostPrograms
{
    private static readonly string[] PassedOn = ["STRATFORGE_PYTHON", "STRATFORGE_PYTHON_PATH"];

    private readonly IConfiguration _configuration;
    private readonly CageOptions _cage;
    private readonly string _dotnet;

    /// <param name="options">May name the folder that holds <c>csharp/</c> and <c>python/</c>; the default is <c>hosts/</c> beside the worker.</param>
    /// <param name="cage">What the launcher is told about the cage.</param>
    /// <param name="configuration">Holds the few variables that reach the launcher.</param>
    public HostPrograms(IOptions<WorkerOptions> options, IOptions<CageOptions> cage, IConfiguration configuration)
    {
        _configuration = configuration;
        _cage = cage.Value;
        var directory = options.Value.HostsDirectory;
        var hosts = Path.GetFullPath(directory is { Length: > 0 } ? directory : Path.Combine(AppContext.BaseDirectory, "hosts"));
        Launcher = Path.Combine(hosts, "csharp", "StratForge.StrategyHost.dll");
        Python = Path.Combine(hosts, "python");
        _dotnet = FindDotnet();
    }

    /// <summary>The program that locks itself in and becomes a host.</summary>
    public string Launcher { get; }

    /// <summary>The Python package of the host.</summary>
    public string Python { get; }

    /// <summary>What is missing for hosts of this kind on this machine; null when nothing is.</summary>
    public string? Missing(HostKind kind) =>
        !OperatingSystem.IsLinux() ? "strategies run on Linux only: the cage is made of its features"
        : !File.Exists(Launcher) ? $"the host program {Path.GetFileName(Launcher)} is not installed beside the worker"
        : kind == HostKind.Python && !Directory.Exists(Python) ? "the Python host is not installed beside the worker"
        : null;

    /// <summary>How to start a host of this kind.</summary>
    /// <remarks>What the launcher runs with; it builds the environment of the host itself. Exactly this, nothing inherited: until it
    /// has become the host, a process of the same user can read it.</remarks>
    public HostCommand Command(HostKind kind) => Launch("launch", Name(kind));

    /// <summary>How to compile the Python host to byte code, once for all of its starts. Our own code: it needs no cage.</summary>
    public HostCommand CompilePackage() => Launch("compile-package");

    private HostCommand Launch(params string[] arguments)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["LANG"] = "C.UTF-8",
            ["DOTNET_EnableDiagnostics"] = "0",
            ["DOTNET_EnableWriteXorExecute"] = "0",
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_gcConcurrent"] = "0",
            ["DOTNET_TieredPGO"] = "0",
            ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1",
        };
        foreach (var name in PassedOn)
        {
            if (_configuration[name] is { Length: > 0 } value)
            {
                environment[name] = value;
            }
        }

        if (_cage.RunUncaged)
        {
            environment[CageOptions.UnsafeSwitch] = "1";
        }

        if (_cage.Landlock is { } landlock)
        {
            environment["STRATFORGE_CAGE_LANDLOCK"] = landlock.ToString(CultureInfo.InvariantCulture);
        }

        if (!_cage.Seccomp)
        {
            environment["STRATFORGE_CAGE_SECCOMP"] = "0";
        }

        return new HostCommand(_dotnet, [Launcher, .. arguments], environment);
    }

    private static string Name(HostKind kind) => kind switch
    {
        HostKind.CSharp => "csharp",
        HostKind.Python => "python",
        _ => "compile",
    };

    // The worker itself may have been started through its own executable, so the runtime's folder is the surer sign:
    // <root>/shared/Microsoft.NETCore.App/<version>/.
    private static string FindDotnet()
    {
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var candidate = Path.Combine(root, "dotnet");
        return File.Exists(candidate) ? candidate : Environment.ProcessPath ?? "dotnet";
    }
}

/// <summary>What a child process is for.</summary>
internal enum HostKind
{
    /// <summary>Runs one C# strategy.</summary>
    CSharp,

    /// <summary>Runs one Python strategy.</summary>
    Python,

    /// <summary>Compiles C#.</summary>
    Compile,
}
