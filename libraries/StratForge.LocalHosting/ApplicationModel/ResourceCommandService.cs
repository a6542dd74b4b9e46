namespace StratForge.LocalHosting.ApplicationModel;

/// <summary>Commands every process understands.</summary>
public static class KnownResourceCommands
{
    public const string StartCommand = "resource-start";

    public const string StopCommand = "resource-stop";

    public const string RestartCommand = "resource-restart";

    /// <summary>SIGKILL to the process and all it started: what a crash of the machine would do to it.</summary>
    public const string KillCommand = "resource-kill";
}

public sealed record ExecuteCommandResult
{
    public required bool Success { get; init; }

    public bool Canceled { get; init; }

    public string? ErrorMessage { get; init; }
}

/// <summary>Starts, stops, restarts and kills resources by name.</summary>
public sealed class ResourceCommandService
{
    internal Func<string, string, CancellationToken, Task<ExecuteCommandResult>>? Executor { get; set; }

    public Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default) =>
        ExecuteCommandAsync(resource.Name, commandName, cancellationToken);

    /// <param name="resourceId">A resource's name (then all its replicas) or the id of one replica.</param>
    /// <param name="commandName">One of <see cref="KnownResourceCommands"/>.</param>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(
        string resourceId, string commandName, CancellationToken cancellationToken = default)
    {
        if (Executor is not { } executor)
        {
            return new() { Success = false, ErrorMessage = "The application has not started." };
        }

        try
        {
            return await executor(resourceId, commandName, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new() { Success = false, Canceled = true };
        }
    }
}
