// Kills the worker.
// ends: STRATEGY_ERROR Operation not permitted
// platform: COMPILE_ERROR
using System.Runtime.InteropServices;

public sealed class Hostile : Strategy
{
    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int process, int signal);

    private static void Check(long result)
    {
        if (result < 0)
        {
            throw new System.ComponentModel.Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    public override Signal? OnBar(Bar bar)
    {
        Check(kill(-1, 9));
        throw new InvalidOperationException("escaped");
    }
}
