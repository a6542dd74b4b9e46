// Becomes root in a world of its own.
// ends: FORBIDDEN_SYSCALL
// platform: COMPILE_ERROR
using System.Runtime.InteropServices;

public sealed class Hostile : Strategy
{
    [DllImport("libc", SetLastError = true)]
    private static extern int unshare(int flags);

    private static void Check(long result)
    {
        if (result < 0)
        {
            throw new System.ComponentModel.Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    public override Signal? OnBar(Bar bar)
    {
        _ = unshare(0x10000000);
        throw new InvalidOperationException("escaped");
    }
}
