// Reads the environment of the worker.
// ends: STRATEGY_ERROR UnauthorizedAccessException
// platform: COMPILE_ERROR is not available to strategies
using System.IO;
using System.Runtime.InteropServices;

public sealed class Hostile : Strategy
{
    [DllImport("libc")]
    private static extern int getppid();

    public override Signal? OnBar(Bar bar)
    {
        Log(File.ReadAllText($"/proc/{getppid()}/environ"));
        throw new InvalidOperationException("escaped");
    }
}
