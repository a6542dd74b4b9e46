namespace StratForge.LocalHosting.Running;

/// <summary>What to start.</summary>
internal sealed record LaunchPlan(string FileName, IReadOnlyList<string> Arguments, string WorkingDirectory, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>A server is stopped by a signal to its main process and after everybody else; see <see cref="Watchdog.StopServerAtEnd"/>.</summary>
    public bool IsServer { get; init; }

    /// <summary>Nothing would be lost by killing it: its data goes with it.</summary>
    public bool Disposable { get; init; }

    /// <summary>Container client and name, for a process that only stands for a container.</summary>
    public (string Client, string Name)? Container { get; init; }

    /// <summary>The command carries its own change of user, which wants to come after the new session.</summary>
    public IReadOnlyList<string> UserPrefix { get; init; } = [];
}
