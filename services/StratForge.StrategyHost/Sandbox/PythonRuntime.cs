namespace StratForge.StrategyHost.Sandbox;

/// <summary>Where Python and our package of it are on this machine.</summary>
/// <param name="Interpreter">Real path of the interpreter.</param>
/// <param name="Libraries">Its standard library, and its shared library if it has one.</param>
/// <param name="Package">Folder of the <c>stratforge</c> package.</param>
internal sealed record PythonRuntime(string Interpreter, IReadOnlyList<string> Libraries, string Package)
{
    /// <summary>Names another interpreter than the system's.</summary>
    public const string InterpreterVariable = "STRATFORGE_PYTHON";

    /// <summary>Names the folder that holds the <c>stratforge</c> package.</summary>
    public const string PackagesVariable = "STRATFORGE_PYTHON_PATH";

    /// <summary>Path of the script that runs a strategy.</summary>
    public string Host => Path.Combine(Package, "host", "main.py");

    /// <summary>Finds all of it.</summary>
    /// <exception cref="SandboxUnavailable">Something is not there.</exception>
    public static PythonRuntime Find()
    {
        var interpreter = FindInterpreter();
        return new(interpreter, FindLibraries(interpreter), FindPackage());
    }

    // The system's Python before any on PATH: what comes first there is often a version manager's shell script, which the cage could not run.
    private static string FindInterpreter()
    {
        var wanted = Environment.GetEnvironmentVariable(InterpreterVariable);
        string[] places = string.IsNullOrEmpty(wanted) ? ["/usr/bin/python3", "/usr/local/bin/python3"] : [wanted];
        foreach (var place in places)
        {
            if (File.Exists(place))
            {
                return File.ResolveLinkTarget(place, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(place);
            }
        }

        throw new SandboxUnavailable($"There is no Python at {string.Join(", ", places)}. Install python3, or name one in {InterpreterVariable}.");
    }

    // An interpreter <prefix>/bin/python3.11 keeps its library in <prefix>/lib/python3.11. Asking it (sysconfig) would say the same and
    // cost another process at every start.
    private static List<string> FindLibraries(string interpreter)
    {
        var prefix = Path.GetDirectoryName(Path.GetDirectoryName(interpreter))!;
        var library = Path.Combine(prefix, "lib");
        var named = Path.Combine(library, Path.GetFileName(interpreter));
        var standard = Directory.Exists(named) || !Directory.Exists(library)
            ? named
            : Directory.EnumerateDirectories(library, "python3.*").Order(StringComparer.Ordinal).LastOrDefault() ?? named;
        if (!Directory.Exists(standard))
        {
            throw new SandboxUnavailable($"The standard library of {interpreter} is not at {standard}; {InterpreterVariable} can name another Python.");
        }

        return [standard, .. Directory.EnumerateFiles(library, "libpython3*.so*")];
    }

    // Beside the published host, or in the source tree above it.
    private static string FindPackage()
    {
        var wanted = Environment.GetEnvironmentVariable(PackagesVariable);
        if (!string.IsNullOrEmpty(wanted))
        {
            return Existing(wanted) ?? throw new SandboxUnavailable($"There is no stratforge package in {wanted}, which {PackagesVariable} names.");
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Existing(Path.Combine(folder.FullName, "python")) is { } found)
            {
                return found;
            }
        }

        throw new SandboxUnavailable($"There is no python/stratforge beside {AppContext.BaseDirectory} or above it; {PackagesVariable} can name its folder.");
    }

    private static string? Existing(string packages)
    {
        var package = Path.GetFullPath(Path.Combine(packages, "stratforge"));
        return File.Exists(Path.Combine(package, "host", "main.py")) ? package : null;
    }
}
