// Shares memory that no limit counts.
// ends: STRATEGY_ERROR Operation not permitted
// platform: COMPILE_ERROR
using System.Runtime.InteropServices;

public sealed class Hostile : Strategy
{
    [DllImport("libc", SetLastError = true)]
    private static extern nint mmap(nint at, ulong size, int protection, int flags, int descriptor, long offset);

    private static void Check(long result)
    {
        if (result < 0)
        {
            throw new System.ComponentModel.Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    public override Signal? OnBar(Bar bar)
    {
        Check(mmap(0, 64 << 20, 3, 0x21, -1, 0));
        throw new InvalidOperationException("escaped");
    }
}
