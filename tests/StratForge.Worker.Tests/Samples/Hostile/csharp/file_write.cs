// Writes where anybody may write.
// ends: STRATEGY_ERROR UnauthorizedAccessException
// platform: COMPILE_ERROR is not available to strategies
using System.IO;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        File.WriteAllText("__FOLDER__/__MARKER__", "x");
        throw new InvalidOperationException("escaped");
    }
}
