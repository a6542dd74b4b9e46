// Writes to its own memory behind the runtime's back.
// ends: STRATEGY_ERROR UnauthorizedAccessException
// platform: COMPILE_ERROR is not available to strategies
using System.IO;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        new FileStream("/proc/self/mem", FileMode.Open, FileAccess.ReadWrite).WriteByte(0);
        throw new InvalidOperationException("escaped");
    }
}
