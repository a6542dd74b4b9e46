namespace StratForge.LocalHosting.Tests;

/// <summary>How long a test waits for what should take a moment: long enough for a busy machine, short enough to see a hang.</summary>
internal static class Patience
{
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    public static CancellationToken Token() => new CancellationTokenSource(Long).Token;

    /// <summary>Asks again every 20 ms until it holds.</summary>
    public static async Task UntilAsync(Func<bool> holds, string what, Func<string>? detail = null)
    {
        var token = Token();
        while (!holds())
        {
            Assert.False(token.IsCancellationRequested, $"Not so after {Long.TotalSeconds} s: {what}\n{detail?.Invoke()}");
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
