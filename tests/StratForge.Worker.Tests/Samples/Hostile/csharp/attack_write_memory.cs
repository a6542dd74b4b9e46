// Writes to the memory of the worker.
// ends: FORBIDDEN_SYSCALL
// platform: COMPILE_ERROR
using System.Runtime.InteropServices;

public sealed class Hostile : Strategy
{
    [DllImport("libc", SetLastError = true)]
    private static extern long process_vm_writev(int process, nint local, ulong locals, nint remote, ulong remotes, ulong flags);

    private static void Check(long result)
    {
        if (result < 0)
        {
            throw new System.ComponentModel.Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    public override Signal? OnBar(Bar bar)
    {
        _ = process_vm_writev(1, 0, 0, 0, 0, 0);
        throw new InvalidOperationException("escaped");
    }
}
