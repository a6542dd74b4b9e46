// Waits for a task that is never done.
// ends: EVENT_TIMEOUT one event
// platform: COMPILE_ERROR
public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        new System.Threading.Tasks.TaskCompletionSource().Task.Wait();
        return null;
    }
}
