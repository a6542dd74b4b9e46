namespace StratForge.StrategyHost.Sandbox;

/// <summary>Where Python and our package of it are on this machine.</summary>
/// <param name="Interpreter">Real path of the interpreter.</param>
/// <param name="Host">Path of the script that runs a strategy.</param>
internal sealed record PythonRuntime(string Interpreter, string Host)
{
    /// <summary>Names another interpreter than the system's.</summary>
    public const string InterpreterVariable = "STRATFORGE_PYTHON";

    /// <summary>Names the folder that holds the <c>stratforge</c> package.</summary>
    public const string PackagesVariable = "STRATFORGE_PYTHON_PATH";

    /// <summary>Finds both.</summary>
    /// <exception cref="SandboxUnavailable">One of them is not there.</exception>
    public static PythonRuntime Find() => new(FindInterpreter(), FindHost());

    // The system's Python before any on PATH: what comes first there is often a version manager's shell script, which the cage could not run.
    private static string FindInterpreter()
    {
        var wanted = Environment.GetEnvironmentVariable(InterpreterVariable);
        string[] places = string.IsNullOrEmpty(wanted)
            ? ["/usr/bin/python3", "/usr/local/bin/python3", "/opt/homebrew/bin/python3"]
            : [wanted];
        foreach (var place in places)
        {
            if (File.Exists(place))
            {
                return File.ResolveLinkTarget(place, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(place);
            }
        }

        throw new SandboxUnavailable($"There is no Python at {string.Join(", ", places)}. Install python3, or name one in {InterpreterVariable}.");
    }

    // Beside the published host, or in the source tree above it.
    private static string FindHost()
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
        var host = Path.GetFullPath(Path.Combine(packages, "stratforge", "host", "main.py"));
        return File.Exists(host) ? host : null;
    }
}
