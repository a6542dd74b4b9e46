// Makes a call by the numbers of another architecture.
// ends: FORBIDDEN_SYSCALL
// platform: COMPILE_ERROR
// only: x64
using System.Runtime.InteropServices;

public sealed class Hostile : Strategy
{
    [DllImport("libc", SetLastError = true)]
    private static extern long syscall(long number, long a, long b, long c);

    private static void Check(long result)
    {
        if (result < 0)
        {
            throw new System.ComponentModel.Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    public override Signal? OnBar(Bar bar)
    {
        _ = syscall(0x40000000 | 39, 0, 0, 0);
        throw new InvalidOperationException("escaped");
    }
}
