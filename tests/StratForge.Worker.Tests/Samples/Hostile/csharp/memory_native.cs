// Takes memory that .NET does not count, and touches it.
// ends: MEMORY_LIMIT
// platform: COMPILE_ERROR
using System.Runtime.InteropServices;

public sealed class Hostile : Strategy
{
    public override unsafe Signal? OnBar(Bar bar)
    {
        while (true)
        {
            new Span<byte>((void*)Marshal.AllocHGlobal(1 << 20), 1 << 20).Fill(1);
        }
    }
}
