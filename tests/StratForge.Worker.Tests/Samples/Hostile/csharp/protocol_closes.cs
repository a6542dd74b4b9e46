// Closes every pipe it has.
// ends: EXITED|CRASHED|PROTOCOL_ERROR
// platform: COMPILE_ERROR
using System.Runtime.InteropServices;

public sealed class Hostile : Strategy
{
    [DllImport("libc")]
    private static extern int close(int descriptor);

    public override Signal? OnBar(Bar bar)
    {
        for (var descriptor = 3; descriptor < 255; descriptor++)
        {
            _ = close(descriptor);
        }
        return null;
    }
}
