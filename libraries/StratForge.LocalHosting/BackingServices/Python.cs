using StratForge.LocalHosting.ApplicationModel;

namespace StratForge.LocalHosting.BackingServices;

/// <summary>The Python that strategies run in.</summary>
internal static class Python
{
    private static readonly string[] s_packages = ["python3"];

    /// <summary>The system's own first: a cage lets in what belongs to the system.</summary>
    public static string? Find() => Programs.IsExecutable("/usr/bin/python3") ? "/usr/bin/python3" : Programs.Find("python3");

    public static async Task EnsureAsync(Action<string> say, Action<string> write, CancellationToken cancellationToken)
    {
        if (Find() is not null)
        {
            return;
        }

        if (!await AptInstaller.IsPossibleAsync(cancellationToken))
        {
            // C# strategies do not need it, so the application goes on.
            say("There is no python3 here, so Python strategies will not run. Install it: " +
                (OperatingSystem.IsMacOS() ? "brew install python" : "apt-get install python3"));
            return;
        }

        await AptInstaller.InstallAsync("Python", s_packages, () => Find() is not null, say, write, cancellationToken);
    }
}

/// <summary>Something a resource needs on the machine before it starts.</summary>
internal sealed class PrerequisiteAnnotation(Func<Action<string>, Action<string>, CancellationToken, Task> ensure) : IResourceAnnotation
{
    public Func<Action<string>, Action<string>, CancellationToken, Task> Ensure => ensure;
}
