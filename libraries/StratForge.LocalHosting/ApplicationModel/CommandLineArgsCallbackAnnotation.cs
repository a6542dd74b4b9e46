namespace StratForge.LocalHosting.ApplicationModel;

public sealed class CommandLineArgsCallbackContext(
    DistributedApplicationExecutionContext executionContext,
    IList<object> args,
    CancellationToken cancellationToken = default)
{
    public IList<object> Args => args;

    public DistributedApplicationExecutionContext ExecutionContext => executionContext;

    public CancellationToken CancellationToken => cancellationToken;
}

public sealed class CommandLineArgsCallbackAnnotation(Func<CommandLineArgsCallbackContext, Task> callback) : IResourceAnnotation
{
    public Func<CommandLineArgsCallbackContext, Task> Callback => callback;
}
