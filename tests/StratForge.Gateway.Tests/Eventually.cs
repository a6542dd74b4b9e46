namespace StratForge.Gateway.Tests;

/// <summary>Waits for what another part of the system does in its own time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Asks until <paramref name="accepted"/>; fails with the last answer.</summary>
    public static async Task<T> BecomesAsync<T>(Func<Task<T>> ask, Func<T, bool> accepted)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var deadline = TimeProvider.System.GetTimestamp();
        var answer = await ask();
        while (!accepted(answer))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < Patience, $"It is still {answer}.");
            await timer.WaitForNextTickAsync();
            answer = await ask();
        }

        return answer;
    }
}
