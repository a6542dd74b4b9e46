// Lists the root.
// ends: STRATEGY_ERROR UnauthorizedAccessException
// platform: COMPILE_ERROR is not available to strategies
using System.IO;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        _ = Directory.GetFiles("/");
        throw new InvalidOperationException("escaped");
    }
}
