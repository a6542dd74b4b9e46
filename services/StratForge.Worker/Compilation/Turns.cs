namespace StratForge.Worker.Compilation;

/// <summary>Lets each user do one thing at a time; users do not wait for each other.</summary>
internal sealed class Turns
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Task> _last = [];

    /// <summary>Users whose turn it is, or who wait for theirs.</summary>
    public int Users
    {
        get
        {
            lock (_lock)
            {
                return _last.Count;
            }
        }
    }

    /// <summary>Does <paramref name="work"/> when all that the user asked for before is done, however that ended.</summary>
    public async Task<T> TakeAsync<T>(Guid userId, Func<Task<T>> work)
    {
        Task<T> mine;
        lock (_lock)
        {
            mine = AfterAsync(_last.GetValueOrDefault(userId, Task.CompletedTask), work);
            _last[userId] = mine;
        }

        try
        {
            return await mine;
        }
        finally
        {
            lock (_lock)
            {
                if (_last.GetValueOrDefault(userId) == mine)
                {
                    _last.Remove(userId);
                }
            }
        }
    }

    private static async Task<T> AfterAsync<T>(Task before, Func<Task<T>> work)
    {
        // Not on the caller's time, who holds the lock.
        await Task.Yield();
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await work();
    }
}
