using StratForge.Gateway.Bookkeeping;

namespace StratForge.Gateway.Tests.Settlement.Schedules;

/// <summary>Holds the writer up, so that what is handed to it meanwhile is one unit of work: which commands share one is then the schedule's
/// choice and not the clock's.</summary>
internal sealed class Plug : BookCommand, IDisposable
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _pulled = new();

    /// <summary>Done once the writer is held up.</summary>
    public Task Entered => _entered.Task;

    public override int Size => 0;

    public override void Apply(BookWork work)
    {
        _entered.TrySetResult();
        _pulled.Wait();
    }

    public override void Failed(Exception exception) => _entered.TrySetResult();

    /// <summary>Lets the writer go on.</summary>
    public void Dispose() => _pulled.Set();
}
