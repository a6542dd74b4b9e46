using System.Runtime.InteropServices;

namespace StratForge.Worker.Hosts;

/// <summary>The calls of the C library that .NET does not offer: raw pipes, readiness of many of them at once, starting a child with
/// exactly the environment given, and its CPU clock. Linux only, like the cage itself.</summary>
internal static unsafe partial class Posix
{
    public const int SigKill = 9;
    public const int SigSys = 31;

    public const int Interrupted = 4; // EINTR
    public const int TryAgain = 11; // EAGAIN

    public const uint Readable = 0x001; // EPOLLIN
    public const uint Writable = 0x004; // EPOLLOUT

    public const int Add = 1; // EPOLL_CTL_ADD
    public const int Delete = 2;

    private const int CloseOnExec = 0x80000; // O_CLOEXEC, EPOLL_CLOEXEC and EFD_CLOEXEC alike
    private const int NonBlocking = 0x800; // O_NONBLOCK and EFD_NONBLOCK alike
    private const int SetStatusFlags = 4; // F_SETFL
    private const int NotDumpable = 4; // PR_SET_DUMPABLE

    // One number on x86-64 and arm64: calls added since Linux 5.0 share theirs. glibc has wrappers only since 2.36.
    private const long PidfdOpen = 434;

    // Two bits name the kind of clock (2: what the scheduler charged), one bit (4, unset) a thread instead of a process.
    private const int SchedulerClock = 2;

    public static int CreateEpoll() => Check(epoll_create1(CloseOnExec), "epoll_create1");

    public static int CreateWakeUp() => Check(eventfd(0, CloseOnExec | NonBlocking), "eventfd");

    public static (int Read, int Write) CreatePipe()
    {
        var ends = stackalloc int[2];
        Check(pipe2(ends, CloseOnExec), "pipe2");
        return (ends[0], ends[1]);
    }

    /// <summary>Only our end: the flag belongs to the open file, and a child's standard input must block.</summary>
    public static void SetNonBlocking(int descriptor) => Check(fcntl(descriptor, SetStatusFlags, NonBlocking), "fcntl");

    /// <summary>Whether a read would not wait: there are bytes, or the other end is closed.</summary>
    public static bool IsReadable(int descriptor)
    {
        const short In = 1;
        var asked = new Asked { Descriptor = descriptor, Events = In };
        return poll(&asked, 1, 0) > 0;
    }

    public static int OpenProcess(int processId) => Check((int)syscall(PidfdOpen, processId, 0), "pidfd_open");

    /// <summary>Keeps processes of the same user out of this one's memory and environment.</summary>
    public static void ForbidInspection() => Check(prctl(NotDumpable, 0, 0, 0, 0), "prctl");

    /// <summary>CPU time the process has used, nanoseconds; null when it is gone.</summary>
    public static long? CpuTime(int processId)
    {
        Time time;
        return clock_gettime((~processId << 3) | SchedulerClock, &time) == 0 ? (time.Seconds * 1_000_000_000) + time.Nanoseconds : null;
    }

    /// <summary>Collects a child that has ended.</summary>
    /// <returns>Its wait status, or null while it runs.</returns>
    public static int? Reap(int processId)
    {
        const int NoHang = 1;
        int status;
        return waitpid(processId, &status, NoHang) == processId ? status : null;
    }

    public static int Check(int result, string call) => result >= 0
        ? result
        : throw new InvalidOperationException($"{call} failed: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", SetLastError = true)]
    public static partial int epoll_ctl(int epoll, int operation, int descriptor, byte* change);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int epoll_wait(int epoll, byte* events, int capacity, int timeoutMilliseconds);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int processId, int signal);

    [LibraryImport("libc")]
    public static partial int posix_spawn(int* processId, byte* path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_adddup2(void* actions, int from, int to);

    [LibraryImport("libc")]
    public static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_setsigmask(void* attributes, void* set);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_setsigdefault(void* attributes, void* set);

    [LibraryImport("libc")]
    public static partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport("libc")]
    public static partial int sigfillset(void* set);

    [LibraryImport("libc")]
    public static partial int sigemptyset(void* set);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, long first, long second);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int clock_gettime(int clock, Time* time);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int processId, int* status, int options);

    [LibraryImport("libc")]
    private static partial int poll(Asked* descriptors, nuint count, int timeoutMilliseconds);

    // struct pollfd
    [StructLayout(LayoutKind.Sequential)]
    private struct Asked
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
