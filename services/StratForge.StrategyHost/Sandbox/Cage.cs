using System.Globalization;
using System.Runtime.InteropServices;

namespace StratForge.StrategyHost.Sandbox;

/// <summary>The last step of the lock-down, taken by the runtime itself before it sees any code, and what it finds when it tries the bars.</summary>
internal static unsafe class Cage
{
    /// <summary>Development switch: set to 1, strategies run without a cage on a machine where none can be built, and every one of them says so.
    /// Where one can be built it changes nothing.</summary>
    public const string UnsafeSwitch = "STRATFORGE_UNSAFE_NO_SANDBOX";

    /// <summary>Carries the second filter to Python: number of the call, colon, bytes in hexadecimal.</summary>
    public const string FilterVariable = "STRATFORGE_CAGE_FILTER";

    private const int SECCOMP_SET_MODE_FILTER = 1;
    private const int SECCOMP_FILTER_FLAG_TSYNC = 1;
    private const int NoSuchOperation = 99;
    private const int PR_GET_NO_NEW_PRIVS = 39;
    private const int RLIMIT_DATA = 2;
    private const int RLIMIT_CORE = 4;
    private const int RLIMIT_AS = 9;

    /// <summary>Closes what is still open, then tries the bars.</summary>
    /// <exception cref="SandboxUnavailable">It could not be closed, or it does not hold.</exception>
    public static CageReport Close()
    {
        var mode = CageMode.OfThisProcess;
        if (mode == CageMode.None)
        {
            return new CageReport(mode, []);
        }

        var calls = SystemCalls.OfThisMachine();
        if (mode is null || Native.Syscall(calls["prctl"], PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
        {
            throw new SandboxUnavailable("The cage is not there: start hosts through launch.");
        }

        if (mode == CageMode.SeccompOnly)
        {
            Preloading.Run();
        }

        LimitMemory(calls);
        Filter(calls, mode);
        var probes = Probe(calls);
        foreach (var (name, outcome) in probes)
        {
            if (outcome != "denied")
            {
                throw new SandboxUnavailable($"The cage does not hold: {name} is {outcome}.");
            }
        }

        return new CageReport(mode, probes);
    }

    private static void LimitMemory(SystemCalls calls)
    {
        var limits = HostLimits.FromEnvironment(HostLimits.CSharp);
        Limit(calls, RLIMIT_DATA, limits.DataMegabytes);
        Limit(calls, RLIMIT_AS, limits.AddressSpaceMegabytes);
    }

    private static void Limit(SystemCalls calls, int resource, long megabytes)
    {
        var limit = stackalloc ulong[] { (ulong)megabytes << 20, (ulong)megabytes << 20 };
        if (Native.Syscall(calls["prlimit64"], 0, resource, (nint)limit, 0, 0) != 0)
        {
            throw new SandboxUnavailable($"The memory can't be limited: errno {Marshal.GetLastPInvokeError()}.");
        }
    }

    // For every thread of the runtime: a strategy's tasks run on them.
    private static void Filter(SystemCalls calls, string mode)
    {
        var filter = SystemCallFilter.Second(calls, mode).ToBytes();
        fixed (byte* instructions = filter)
        {
            var program = new FilterPointer { Count = (ushort)(filter.Length / FilterProgram.Instruction.Size), Instructions = instructions };
            var result = Native.Syscall(
                calls["seccomp"], SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, (nint)(&program), 0, 0);
            if (result != 0)
            {
                throw new SandboxUnavailable(result > 0
                    ? $"Thread {result} did not take the second filter."
                    : $"The second filter was refused: errno {Marshal.GetLastPInvokeError()}.");
            }
        }
    }

    // Each tries what must fail and does no harm should it succeed.
    private static List<(string Name, string Outcome)> Probe(SystemCalls calls)
    {
        var nothing = stackalloc byte[1];
        var noLimit = stackalloc ulong[] { 0, 0 };
        *nothing = 0;
        return
        [
            ("network", Outcome(Native.Socket(Native.AF_INET, Native.SOCK_STREAM, 0))),
            ("files", Outcome(Native.Open("/etc/passwd", Native.O_RDONLY, 0))),
            ("neighbours", Outcome(Native.Open(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/')) ?? "/", Native.O_RDONLY, 0))),
            ("writing", Outcome(Native.Open("/dev/null", Native.O_WRONLY, 0))),
            ("programs", Outcome(Native.Execve(nothing, null, null))),
            ("signals", Outcome(Native.Syscall(calls["kill"], Native.Syscall(calls["getppid"], 0, 0, 0, 0, 0), 0, 0, 0, 0))),
            ("filters", Outcome(Native.Syscall(calls["seccomp"], NoSuchOperation, 0, 0, 0, 0))),
            ("limits", Outcome(Native.Syscall(calls["prlimit64"], 0, RLIMIT_CORE, (nint)noLimit, 0, 0))),
        ];
    }

    private static string Outcome(nint result)
    {
        var error = Marshal.GetLastPInvokeError();
        return result < 0 && error is Native.EPERM or Native.EACCES
            ? "denied"
            : string.Create(CultureInfo.InvariantCulture, $"{(result < 0 ? "errno" : "result")} {(result < 0 ? error : result)}");
    }

    // struct sock_fprog
    [StructLayout(LayoutKind.Sequential)]
    private struct FilterPointer
    {
        public ushort Count;
        public byte* Instructions;
    }
}
