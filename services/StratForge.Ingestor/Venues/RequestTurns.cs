using StratForge.Ingestor.Subscriptions;

namespace StratForge.Ingestor.Venues;

/// <summary>Lets a few requests for bars through at a time. Of those that wait the most needed goes next, and of equals the first that came.</summary>
/// <param name="atOnce">Requests under way at a time.</param>
internal sealed class RequestTurns(int atOnce)
{
    private readonly Lock _gate = new();
    private readonly List<Turn> _waiting = [];
    private int _free = atOnce;

    /// <summary>Completes when the request may be made; <see cref="Leave"/> has to follow.</summary>
    /// <param name="need">Asked at each turn: while a request waits, a session may begin to hang on it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task EnterAsync(Func<Need> need, CancellationToken cancellationToken)
    {
        var turn = new Turn(need);
        lock (_gate)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_free > 0)
            {
                _free--;
                return;
            }

            _waiting.Add(turn);
        }

        await using (cancellationToken.UnsafeRegister(static (waiting, token) => ((Turn)waiting!).Come.TrySetCanceled(token), turn))
        {
            await turn.Come.Task;
        }
    }

    /// <summary>A request is over.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            // Those that gave up are left out and forgotten.
            _waiting.RemoveAll(static turn => turn.Come.Task.IsCompleted);
            while (_waiting.MinBy(static turn => turn.Need()) is { } next)
            {
                _waiting.Remove(next);
                if (next.Come.TrySetResult())
                {
                    return;
                }
            }

            _free++;
        }
    }

    private sealed class Turn(Func<Need> need)
    {
        public Func<Need> Need { get; } = need;

        public TaskCompletionSource Come { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
