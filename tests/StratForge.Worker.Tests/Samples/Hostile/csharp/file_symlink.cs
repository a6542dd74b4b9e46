// Plants a symbolic link.
// ends: STRATEGY_ERROR UnauthorizedAccessException
// platform: COMPILE_ERROR is not available to strategies
using System.IO;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        File.CreateSymbolicLink("__FOLDER__/__MARKER__", "/etc/passwd");
        throw new InvalidOperationException("escaped");
    }
}
