// Reads a file that anybody may read.
// ends: STRATEGY_ERROR UnauthorizedAccessException
// platform: COMPILE_ERROR is not available to strategies
using System.IO;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        Log(File.ReadAllText("__FOLDER__/secret.txt"));
        throw new InvalidOperationException("escaped");
    }
}
