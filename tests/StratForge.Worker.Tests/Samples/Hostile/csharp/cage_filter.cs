// Loads a filter of its own.
// ends: STRATEGY_ERROR Operation not permitted
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
        Check(syscall(317, 1, 0, 0));
        throw new InvalidOperationException("escaped");
    }
}
