using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace StratForge.StrategyHost.Sandbox;

/// <summary>Gives up, step by step, everything a strategy must not have, and then becomes its runtime.</summary>
/// <remarks>The order matters and is explained where it does. All calls go to the kernel directly and change the calling thread only; that is
/// enough, because the runtime we become starts from this thread and the others end there.</remarks>
internal static unsafe class LockDown
{
    private const int PR_SET_PDEATHSIG = 1;
    private const int PR_CAPBSET_DROP = 24;
    private const int PR_SET_NO_NEW_PRIVS = 38;
    private const int PR_CAP_AMBIENT = 47;
    private const int PR_CAP_AMBIENT_CLEAR_ALL = 4;
    private const int LastCapability = 63;

    private const int SIGKILL = 9;
    private const int SIGPIPE = 13;
    private const int SIG_SETMASK = 2;
    private const int SECCOMP_SET_MODE_FILTER = 1;
    private const int CLOSE_RANGE_CLOEXEC = 4;
    private const int AT_EMPTY_PATH = 0x1000;
    private const uint CapabilityVersion = 0x2008_0522; // _LINUX_CAPABILITY_VERSION_3

    private const int RLIMIT_FSIZE = 1;
    private const int RLIMIT_CORE = 4;
    private const int RLIMIT_NOFILE = 7;
    private const int RLIMIT_MEMLOCK = 8;
    private const int RLIMIT_MSGQUEUE = 12;
    private const int RLIMIT_NICE = 13;
    private const int RLIMIT_RTPRIO = 14;

    /// <summary>Does it. Comes back only with an exception.</summary>
    /// <param name="target">What to become.</param>
    /// <param name="mode">Of the cage: <see cref="CageMode.Full"/> or <see cref="CageMode.SeccompOnly"/>.</param>
    /// <param name="landlock">Version of Landlock's interface to use; 0 for none.</param>
    /// <exception cref="SandboxUnavailable">A step failed, so no strategy may run.</exception>
    public static void Become(LaunchTarget target, string mode, int landlock)
    {
        // Everything that may touch a file, load an assembly or ask for memory comes first: later steps forbid it.
        var calls = SystemCalls.OfThisMachine();
        var parent = Native.Syscall(calls["getppid"], 0, 0, 0, 0, 0);
        int? rules = landlock > 0 ? Landlock.Prepare(calls, landlock, target.Rules) : null;
        var user = SandboxUser.For(target.Rules);
        var filter = SystemCallFilter.First(calls, target.IsDotNet, Environment.ProcessId).ToBytes();
        var arguments = Native.Strings([target.Runtime, .. target.Arguments]);
        var environment = Native.Strings([.. target.Environment, $"{CageMode.Variable}={mode}", .. SecondFilter(calls, target.IsDotNet, mode)]);
        var failedToEnforce = Frame("""{"type":"error","code":"SANDBOX_UNAVAILABLE","message":"Landlock refused to enforce its rules."}"""u8);
        var failedToFilter = Frame("""{"type":"error","code":"SANDBOX_UNAVAILABLE","message":"The kernel refused the filter of system calls."}"""u8);
        var failedToStart = Frame("""{"type":"error","code":"SANDBOX_UNAVAILABLE","message":"The runtime can't be started in the cage."}"""u8);
        var (enforce, seccomp, execveat, write, exit) =
            (calls["landlock_restrict_self"], calls["seccomp"], calls["execveat"], calls["write"], calls["exit_group"]);

        LeaveTheSession(calls);
        if (target.GivesWay)
        {
            GiveWay(calls);
        }

        LimitResources(calls);
        OpenTheRuntime(calls, target.Runtime);
        DropPrivileges(calls, user);

        // After the user changed: that would have cleared it. From here on the host dies with the thread that started it; that thread
        // may have ended before.
        Must(Native.Syscall(calls["prctl"], PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), "die with its parent");
        if (Native.Syscall(calls["getppid"], 0, 0, 0, 0, 0) != parent)
        {
            throw new SandboxUnavailable("The worker is gone.");
        }

        ResetSignals(calls);
        fixed (byte* instructions = filter)
        fixed (byte* nothing = new byte[1])
        {
            var program = new FilterPointer { Count = (ushort)(filter.Length / FilterProgram.Instruction.Size), Instructions = instructions };
            if (rules is { } descriptor && !Landlock.Enforce(enforce, descriptor))
            {
                End(failedToEnforce, write, exit);
            }

            if (Native.Syscall(seccomp, SECCOMP_SET_MODE_FILTER, 0, (nint)(&program), 0, 0) != 0)
            {
                End(failedToFilter, write, exit);
            }

            _ = Native.Syscall(
                execveat, SystemCallFilter.RuntimeDescriptor, (nint)nothing, (nint)arguments, (nint)environment, AT_EMPTY_PATH);
            End(failedToStart, write, exit);
        }
    }

    // Python can't build the second filter itself; it gets the bytes, and the number of the call that loads them.
    private static IEnumerable<string> SecondFilter(SystemCalls calls, bool isDotNet, string mode) =>
        isDotNet ? [] : [$"{Cage.FilterVariable}={calls["seccomp"]}:{Convert.ToHexString(SystemCallFilter.Second(calls, mode).ToBytes())}"];

    // A session and process group of its own, which the worker can kill as a whole.
    private static void LeaveTheSession(SystemCalls calls)
    {
        _ = Native.Syscall(calls["setsid"], 0, 0, 0, 0, 0); // refused when it leads one already, which is as good

        // When memory runs out the kernel takes strategies before services.
        TryWrite("/proc/self/oom_score_adj", "1000");
        Must(Native.Chdir("/"), "leave its folder");
        _ = Native.Umask(63); // 077
    }

    // A third of a service's share of the processor when it is scarce. More modesty would let a start on a busy machine take longer than the
    // worker waits for it; what a session may use in a minute is the worker's to limit. With autogroups a nice value only counts within
    // the group, so the group becomes nice too.
    private static void GiveWay(SystemCalls calls)
    {
        TryWrite("/proc/self/autogroup", "5");
        _ = Native.Syscall(calls["setpriority"], 0, 0, 5, 0, 0);
    }

    // Memory comes later, in the runtime: the launcher's own compiler would not survive it.
    private static void LimitResources(SystemCalls calls)
    {
        Limit(calls, RLIMIT_CORE, 0);
        Limit(calls, RLIMIT_FSIZE, 0);
        Limit(calls, RLIMIT_NOFILE, SystemCallFilter.RuntimeDescriptor + 1); // .NET holds two for each assembly it loads
        Limit(calls, RLIMIT_MEMLOCK, 64 * 1024);
        Limit(calls, RLIMIT_MSGQUEUE, 0);
        Limit(calls, RLIMIT_NICE, 0);
        Limit(calls, RLIMIT_RTPRIO, 0);
    }

    private static void Limit(SystemCalls calls, int resource, ulong most)
    {
        var limit = stackalloc ulong[] { most, most };
        Must(Native.Syscall(calls["prlimit64"], 0, resource, (nint)limit, 0, 0), "limit its resources");
    }

    // Opened while it still can be, at the one descriptor the filter lets a program be executed from. Everything else above standard error
    // closes on exec; closing it now would take descriptors from under this runtime.
    private static void OpenTheRuntime(SystemCalls calls, string runtime)
    {
        Must(Native.Syscall(calls["close_range"], 3, -1, CLOSE_RANGE_CLOEXEC, 0, 0), "close what it inherited");
        var descriptor = Native.Open(runtime, Native.O_PATH | Native.O_CLOEXEC, 0);
        Must(descriptor, "open its runtime");
        Must(Native.Dup3(descriptor, SystemCallFilter.RuntimeDescriptor, Native.O_CLOEXEC), "open its runtime");
    }

    private static void DropPrivileges(SystemCalls calls, uint? user)
    {
        for (var capability = 0; capability <= LastCapability; capability++)
        {
            // Refused without the right to, and then there is nothing to drop.
            _ = Native.Syscall(calls["prctl"], PR_CAPBSET_DROP, capability, 0, 0, 0);
        }

        if (user is { } id)
        {
            Must(Native.Syscall(calls["setgroups"], 0, 0, 0, 0, 0), "leave its groups");
            Must(Native.Syscall(calls["setresgid"], (nint)id, (nint)id, (nint)id, 0, 0), "change its group");
            Must(Native.Syscall(calls["setresuid"], (nint)id, (nint)id, (nint)id, 0, 0), "change its user");
        }

        _ = Native.Syscall(calls["prctl"], PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
        var header = stackalloc uint[] { CapabilityVersion, 0 };
        var none = stackalloc uint[6];
        NativeMemory.Clear(none, 6 * sizeof(uint));
        Must(Native.Syscall(calls["capset"], (nint)header, (nint)none, 0, 0, 0), "give up its capabilities");
        Must(Native.Syscall(calls["prctl"], PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "renounce new privileges");
    }

    // What is blocked or ignored stays so in the next program, and the .NET runtime ignores SIGPIPE.
    private static void ResetSignals(SystemCalls calls)
    {
        ulong none = 0;
        Must(Native.Syscall(calls["rt_sigprocmask"], SIG_SETMASK, (nint)(&none), 0, sizeof(ulong), 0), "unblock its signals");
        _ = Native.Signal(SIGPIPE, 0);
    }

    private static void TryWrite(string path, string text)
    {
        if (!File.Exists(path))
        {
            return;
        }

        try
        {
            File.WriteAllText(path, text);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A courtesy to the rest of the machine; some containers do not let a process be modest.
        }
    }

    private static void Must(nint result, string purpose)
    {
        if (result < 0)
        {
            throw new SandboxUnavailable(string.Create(
                CultureInfo.InvariantCulture, $"The host could not {purpose}: errno {Marshal.GetLastPInvokeError()}."));
        }
    }

    // Written out by hand: loading a JSON writer would be a tenth of every start.
    private static byte[] Frame(ReadOnlySpan<byte> json)
    {
        var frame = new byte[4 + json.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, json.Length);
        json.CopyTo(frame.AsSpan(4));
        return frame;
    }

    // Nothing but two system calls: no assembly can be loaded any more.
    private static void End(byte[] frame, int write, int exit)
    {
        fixed (byte* bytes = frame)
        {
            _ = Native.Syscall(write, 1, (nint)bytes, frame.Length, 0, 0);
        }

        _ = Native.Syscall(exit, HostExit.SandboxUnavailable, 0, 0, 0, 0);
    }

    // struct sock_fprog
    [StructLayout(LayoutKind.Sequential)]
    private struct FilterPointer
    {
        public ushort Count;
        public byte* Instructions;
    }
}
