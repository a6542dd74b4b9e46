// Becomes another program.
// ends: STRATEGY_ERROR Operation not permitted
// platform: COMPILE_ERROR
using System.Runtime.InteropServices;

public sealed class Hostile : Strategy
{
    [DllImport("libc", SetLastError = true)]
    private static extern int execve(string path, string?[] arguments, string?[] environment);

    private static void Check(long result)
    {
        if (result < 0)
        {
            throw new System.ComponentModel.Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    public override Signal? OnBar(Bar bar)
    {
        Check(execve("/bin/sh", ["sh", "-c", "touch __FOLDER__/__MARKER__", null], [null]));
        throw new InvalidOperationException("escaped");
    }
}
