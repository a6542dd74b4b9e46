// Attaches to the worker as a debugger.
// ends: FORBIDDEN_SYSCALL
// platform: COMPILE_ERROR
using System.Runtime.InteropServices;

public sealed class Hostile : Strategy
{
    [DllImport("libc", SetLastError = true)]
    private static extern long ptrace(long request, long process, long address, long data);

    private static void Check(long result)
    {
        if (result < 0)
        {
            throw new System.ComponentModel.Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    public override Signal? OnBar(Bar bar)
    {
        _ = ptrace(16, 1, 0, 0);
        throw new InvalidOperationException("escaped");
    }
}
