using System.Runtime.InteropServices;

namespace StratForge.LocalHosting.Running;

/// <summary>The few calls of the C library that .NET has no name for.</summary>
internal static partial class NativeMethods
{
    public const int SigInt = 2;
    public const int SigKill = 9;
    public const int SigTerm = 15;

    public static bool IsRoot => Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows();

    /// <summary>Sends a signal; a negative id means the process group. A process that is gone is no error.</summary>
    public static void Kill(int processOrGroup, int signal) => _ = KillCore(processOrGroup, signal);

    public static int ParentProcessId() => GetParentProcessId();

    /// <exception cref="IOException">The owner could not be changed.</exception>
    public static void ChangeOwner(string path, int user, int group)
    {
        if (ChangeOwnerCore(path, user, group) != 0)
        {
            throw new IOException($"The owner of {path} can't be changed: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int KillCore(int processOrGroup, int signal);

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int GetParentProcessId();

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwnerCore(string path, int user, int group);
}
