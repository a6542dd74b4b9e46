using StratForge.Worker.Hosts;

namespace StratForge.Worker.Sessions;

// What nobody expected ends this session and no other: it would otherwise wait for ever for what was not done, and whoever waits for it with it.
internal sealed partial class Session
{
    /// <summary>Does something of this session on the loop, which is shared with all others.</summary>
    private void Guarded(Action work)
    {
        try
        {
            work();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            OnSurprise(exception);
        }
    }

    /// <summary>The same, later.</summary>
    private void Post(Action work) => _services.Loop.Post(() => Guarded(work));

    /// <summary>Does something of this session outside of the loop.</summary>
    private async Task GuardedAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (_services.Stopping.IsCancellationRequested)
        {
            // Going down: the session is released with the others.
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _services.Loop.Post(() => OnSurprise(exception));
        }
    }

    private void OnSurprise(Exception exception)
    {
        _services.Loop.Report(exception);
        Fail(HostFailure.OfSurprise(exception));
    }
}
