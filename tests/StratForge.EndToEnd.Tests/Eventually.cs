namespace StratForge.EndToEnd.Tests;

/// <summary>Waits for something that can only be seen by looking again.</summary>
internal static class Eventually
{
    /// <summary>Looks every <c>100 ms</c> until <paramref name="look"/> gives a value.</summary>
    /// <exception cref="TimeoutException">It did not within <paramref name="patience"/>; says what was last seen.</exception>
    public static async Task<T> SeeAsync<T>(TimeSpan patience, Func<Task<T?>> look, Func<string> lastSeen)
        where T : class
    {
        using var timeout = new CancellationTokenSource(patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        try
        {
            do
            {
                if (await look() is { } seen)
                {
                    return seen;
                }
            }
            while (await timer.WaitForNextTickAsync(timeout.Token));
        }
        catch (OperationCanceledException)
        {
            // Told below, with what was seen.
        }

        throw new TimeoutException($"Not within {patience}. Last seen: {lastSeen()}");
    }
}
