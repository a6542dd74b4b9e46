using static StratForge.StrategyHost.Sandbox.FilterProgram;

namespace StratForge.StrategyHost.Sandbox;

/// <summary>The two filters of system calls that a host runs under.</summary>
/// <remarks>The first is loaded by the launcher and has to let it become the runtime; the second is loaded by the runtime when it has loaded
/// what it needs, and closes what the first left open for that.</remarks>
internal static class SystemCallFilter
{
    /// <summary>The one descriptor from which a program may be executed. It closes on exec, so that works once.</summary>
    public const int RuntimeDescriptor = 255;

    // mmap: MAP_SHARED 0x01 and MAP_ANONYMOUS 0x20 together are memory that no limit counts.
    private const uint SharedAnonymous = 0x21;

    // .NET maps small shared pages when it loads an assembly from memory.
    private const uint SharedAnonymousForDotNet = 4 << 20;

    // open: access mode 0x3, O_CREAT 0x40, O_TRUNC 0x200; none of them set is reading what exists.
    private const uint AnyWriting = 0x3 | 0x40 | 0x200;

    private const uint CloneThread = 0x10000;
    private const uint Whole = 0xFFFF_FFFF;

    private static readonly uint[] TerminalProbes = [0x5401, 0x541B, 0x5421, 0x5450, 0x5451]; // TCGETS FIONREAD FIONBIO FIONCLEX FIOCLEX
    private static readonly uint[] DescriptorFlags = [0, 1, 2, 3, 4, 1030]; // F_DUPFD F_GETFD F_SETFD F_GETFL F_SETFL F_DUPFD_CLOEXEC
    private static readonly uint[] ThreadNames = [3, 15, 16, 39]; // PR_GET_DUMPABLE PR_SET_NAME PR_GET_NAME PR_GET_NO_NEW_PRIVS

    /// <summary>The launcher's filter.</summary>
    /// <param name="calls">Numbers of the machine.</param>
    /// <param name="isDotNet">Whether the runtime is .NET, which needs threads.</param>
    /// <param name="processId">Of the host: it may signal itself, nobody else.</param>
    public static FilterProgram First(SystemCalls calls, bool isDotNet, int processId)
    {
        var filter = new FilterProgram(calls);
        filter.When("mmap", isDotNet
            ? DenyWhenAllSetAndLarger(flags: 3, SharedAnonymous, size: 1, SharedAnonymousForDotNet, Errno(Native.EPERM))
            : DenyWhenAllSet(flags: 3, SharedAnonymous, Errno(Native.EPERM)));
        filter.When("openat", AllowOnly(argument: 2, AnyWriting, [0], Errno(Native.EACCES)));
        filter.When("open", AllowOnly(argument: 1, AnyWriting, [0], Errno(Native.EACCES)));
        filter.When("kill", AllowOnly(argument: 0, Whole, [(uint)processId], Errno(Native.EPERM)));
        filter.When("tgkill", AllowOnly(argument: 0, Whole, [(uint)processId], Errno(Native.EPERM)));
        filter.When("ioctl", AllowOnly(argument: 1, Whole, TerminalProbes, Errno(Native.ENOTTY)));
        filter.When("fcntl", AllowOnly(argument: 1, Whole, DescriptorFlags, Errno(Native.EPERM)));
        filter.When("prctl", AllowOnly(argument: 0, Whole, ThreadNames, Errno(Native.EINVAL)));
        filter.When("execveat", AllowOnly(argument: 0, Whole, [RuntimeDescriptor], Errno(Native.EPERM)));
        if (isDotNet)
        {
            filter.When("clone", AllowOnly(argument: 0, CloneThread, [CloneThread], Errno(Native.EPERM)));
            filter.Always(Allow, SystemCallPolicy.AllowedForDotNet);
        }
        else
        {
            filter.Always(Errno(Native.EPERM), ["clone"]);
        }

        filter.Always(Allow, SystemCallPolicy.Allowed);
        filter.Always(Allow, ["seccomp", "prlimit64"]);
        filter.Always(Kill, SystemCallPolicy.Killed);
        filter.Always(Errno(Native.EPERM), SystemCallPolicy.Refused);
        filter.Always(Errno(Native.ENOSYS), SystemCallPolicy.Absent);
        filter.Otherwise(Errno(Native.ENOSYS));
        return filter;
    }

    /// <summary>The runtime's own filter: no more filters, no more programs, no more limits.</summary>
    /// <param name="calls">Numbers of the machine.</param>
    /// <param name="mode">Of the cage: without Landlock no more files either.</param>
    public static FilterProgram Second(SystemCalls calls, string mode)
    {
        var filter = new FilterProgram(calls);
        filter.When("prlimit64", DenyWhenNotNull(argument: 2, Errno(Native.EPERM)));
        filter.Always(Errno(Native.EPERM), ["execve", "execveat", "seccomp"]);
        if (mode == CageMode.SeccompOnly)
        {
            filter.Always(Errno(Native.EPERM), ["open", "openat"]);
        }

        filter.Otherwise(Allow);
        return filter;
    }
}
