// Maps a file of memory.
// ends: STRATEGY_ERROR Exception
// platform: COMPILE_ERROR
using System.IO.MemoryMappedFiles;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        _ = MemoryMappedFile.CreateNew("__MARKER__", 4096);
        throw new InvalidOperationException("escaped");
    }
}
