// Mounts a file system.
// ends: FORBIDDEN_SYSCALL
// platform: COMPILE_ERROR
using System.Runtime.InteropServices;

public sealed class Hostile : Strategy
{
    [DllImport("libc", SetLastError = true)]
    private static extern int mount(string source, string target, string type, ulong flags, nint data);

    private static void Check(long result)
    {
        if (result < 0)
        {
            throw new System.ComponentModel.Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    public override Signal? OnBar(Bar bar)
    {
        _ = mount("none", "/tmp", "tmpfs", 0, 0);
        throw new InvalidOperationException("escaped");
    }
}
