// Watches a folder.
// ends: STRATEGY_ERROR Exception
// platform: COMPILE_ERROR
using System.IO;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        using var watcher = new FileSystemWatcher("__FOLDER__") { EnableRaisingEvents = true };
        throw new InvalidOperationException("escaped");
    }
}
