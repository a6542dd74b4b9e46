// Reads its own environment as the kernel has it.
// ends: STRATEGY_ERROR UnauthorizedAccessException
// platform: COMPILE_ERROR is not available to strategies
using System.IO;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        Log(File.ReadAllText("/proc/self/environ"));
        throw new InvalidOperationException("escaped");
    }
}
