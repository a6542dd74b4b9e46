using System.Runtime.InteropServices;

namespace StratForge.StrategyHost;

/// <summary>The calls into libc that the host makes.</summary>
/// <remarks>Results are libc's: below zero means failure, and <see cref="Marshal.GetLastPInvokeError"/> says which.</remarks>
internal static unsafe partial class Native
{
    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_PATH = 0x200000;
    public const int O_CLOEXEC = 0x80000;
    public const int AF_INET = 2;
    public const int SOCK_STREAM = 1;

    public const int EPERM = 1;
    public const int EINTR = 4;
    public const int EACCES = 13;
    public const int EFAULT = 14;
    public const int EINVAL = 22;
    public const int ENOTTY = 25;
    public const int ENOSYS = 38;

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nint count);

    /// <summary>Reads without keeping the reason of a failure, which takes several calls of its own. One that failed took nothing and can
    /// be made again by <see cref="Read"/>, which gives the reason.</summary>
    [LibraryImport("libc", EntryPoint = "read")]
    public static partial nint ReadQuickly(int descriptor, byte* buffer, nint count);

    /// <summary>The same for writing.</summary>
    [LibraryImport("libc", EntryPoint = "write")]
    public static partial nint WriteQuickly(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup", SetLastError = true)]
    public static partial int Dup(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    public static partial int Dup2(int from, int to);

    [LibraryImport("libc", EntryPoint = "dup3", SetLastError = true)]
    public static partial int Dup3(int from, int to, int flags);

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true)]
    public static partial int Execve(byte* path, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "chdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Chdir(string path);

    [LibraryImport("libc", EntryPoint = "umask")]
    public static partial uint Umask(uint mask);

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    public static partial nint Signal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint Syscall(nint number, nint a, nint b, nint c, nint d, nint e);

    /// <summary>A null-terminated array of C strings, never freed: it is handed to exec.</summary>
    public static byte** Strings(IReadOnlyList<string> values)
    {
        var array = (byte**)NativeMemory.AllocZeroed((nuint)(values.Count + 1), (nuint)sizeof(byte*));
        for (var i = 0; i < values.Count; i++)
        {
            array[i] = (byte*)Marshal.StringToCoTaskMemUTF8(values[i]);
        }

        return array;
    }
}
