// Becomes root.
// ends: STRATEGY_ERROR Operation not permitted
// platform: COMPILE_ERROR
using System.Runtime.InteropServices;

public sealed class Hostile : Strategy
{
    [DllImport("libc", SetLastError = true)]
    private static extern int setuid(uint user);

    private static void Check(long result)
    {
        if (result < 0)
        {
            throw new System.ComponentModel.Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    public override Signal? OnBar(Bar bar)
    {
        Check(setuid(0));
        throw new InvalidOperationException("escaped");
    }
}
