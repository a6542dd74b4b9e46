// Makes a lock that other processes see.
// ends: STRATEGY_ERROR Exception
// platform: COMPILE_ERROR
using System.Threading;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        _ = new Mutex(true, @"Global\__MARKER__");
        throw new InvalidOperationException("escaped");
    }
}
