using System.Security.Cryptography;
using StratForge.StrategyHost.Sandbox;

namespace StratForge.StrategyHost.Tests.Sandbox;

/// <summary>The filters' verdicts, call by call, for both architectures and both runtimes.</summary>
public sealed class SystemCallFilterTests
{
    private const int Self = 4711;
    private const uint Allow = FilterProgram.Allow;
    private const uint Kill = FilterProgram.Kill;
    private static readonly uint Eperm = FilterProgram.Errno(1);
    private static readonly uint Eacces = FilterProgram.Errno(13);
    private static readonly uint Enosys = FilterProgram.Errno(38);

    public static TheoryData<bool, bool> Machines => new() { { true, true }, { true, false }, { false, true }, { false, false } };

    [Theory]
    [MemberData(nameof(Machines))]
    public void Every_listed_call_gets_its_lists_verdict(bool isX64, bool isDotNet)
    {
        var (calls, filter) = First(isX64, isDotNet);

        Assert.All(SystemCallPolicy.Allowed, name => Is(Allow, calls, filter, name));
        Assert.All(SystemCallPolicy.Refused, name => Is(Eperm, calls, filter, name));
        Assert.All(SystemCallPolicy.Killed, name => Is(Kill, calls, filter, name));
        Assert.All(SystemCallPolicy.Absent, name => Is(Enosys, calls, filter, name));
        Assert.All(SystemCallPolicy.AllowedForDotNet, name => Is(isDotNet ? Allow : Enosys, calls, filter, name));
    }

    [Theory]
    [MemberData(nameof(Machines))]
    public void A_call_without_a_rule_does_not_exist(bool isX64, bool isDotNet)
    {
        var (calls, filter) = First(isX64, isDotNet);
        var known = calls.Numbers.Values.ToHashSet();

        Assert.All(Enumerable.Range(0, 600).Where(number => !known.Contains(number)), number =>
            Assert.Equal(Enosys, FilterInterpreter.Evaluate(filter, calls.AuditArchitecture, (uint)number)));
    }

    [Theory]
    [MemberData(nameof(Machines))]
    public void Calls_of_another_architecture_kill(bool isX64, bool isDotNet)
    {
        var (calls, filter) = First(isX64, isDotNet);

        Assert.Equal(Kill, FilterInterpreter.Evaluate(filter, 0x4000_0003, 1)); // i386
        Assert.Equal(Kill, FilterInterpreter.Evaluate(filter, calls.AuditArchitecture, 0x4000_0000 + 39)); // x32
    }

    [Theory]
    [InlineData("openat", new ulong[] { 0xFFFFFF9C, 0, 0x80000 }, "allow")] // O_RDONLY|O_CLOEXEC
    [InlineData("openat", new ulong[] { 0xFFFFFF9C, 0, 1 }, "eacces")] // O_WRONLY
    [InlineData("openat", new ulong[] { 0xFFFFFF9C, 0, 2 }, "eacces")] // O_RDWR
    [InlineData("openat", new ulong[] { 0xFFFFFF9C, 0, 0x40 }, "eacces")] // O_CREAT
    [InlineData("openat", new ulong[] { 0xFFFFFF9C, 0, 0x200 }, "eacces")] // O_TRUNC
    [InlineData("kill", new ulong[] { Self, 6 }, "allow")]
    [InlineData("kill", new ulong[] { Self + 1, 6 }, "eperm")]
    [InlineData("kill", new ulong[] { 0, 9 }, "eperm")]
    [InlineData("kill", new ulong[] { ulong.MaxValue, 9 }, "eperm")] // -1: everybody
    [InlineData("tgkill", new ulong[] { Self, Self, 6 }, "allow")]
    [InlineData("tgkill", new ulong[] { 1, 1, 9 }, "eperm")]
    [InlineData("mmap", new ulong[] { 0, 4096, 3, 0x22 }, "allow")] // private
    [InlineData("mmap", new ulong[] { 0, 1UL << 40, 3, 0x21 }, "eperm")] // shared anonymous, beyond 32 bits
    [InlineData("mmap", new ulong[] { 0, (4 << 20) + 1, 3, 0x21 }, "eperm")]
    [InlineData("ioctl", new ulong[] { 0, 0x5401 }, "allow")] // TCGETS
    [InlineData("ioctl", new ulong[] { 0, 0x5412 }, "enotty")] // TIOCSTI
    [InlineData("fcntl", new ulong[] { 0, 3 }, "allow")] // F_GETFL
    [InlineData("fcntl", new ulong[] { 0, 8 }, "eperm")] // F_SETOWN
    [InlineData("prctl", new ulong[] { 15 }, "allow")] // PR_SET_NAME
    [InlineData("prctl", new ulong[] { 4 }, "einval")] // PR_SET_DUMPABLE
    [InlineData("prctl", new ulong[] { 1 }, "einval")] // PR_SET_PDEATHSIG
    [InlineData("execveat", new ulong[] { 255 }, "allow")]
    [InlineData("execveat", new ulong[] { 0xFFFFFF9C }, "eperm")]
    [InlineData("clone", new ulong[] { 17 }, "eperm")] // SIGCHLD: a process
    public void Arguments_decide_where_a_call_has_two_faces(string call, ulong[] arguments, string verdict)
    {
        var expected = verdict switch
        {
            "allow" => Allow,
            "eacces" => Eacces,
            "enotty" => FilterProgram.Errno(25),
            "einval" => FilterProgram.Errno(22),
            _ => Eperm,
        };

        foreach (var (isX64, isDotNet) in ((bool, bool)[])[(true, true), (true, false), (false, true), (false, false)])
        {
            var (calls, filter) = First(isX64, isDotNet);
            Assert.Equal(expected, FilterInterpreter.Evaluate(filter, calls.AuditArchitecture, (uint)calls[call], arguments));
        }
    }

    [Fact]
    public void Only_dotnet_starts_threads_and_shares_small_pages()
    {
        var (calls, dotnet) = First(isX64: true, isDotNet: true);
        var (_, python) = First(isX64: true, isDotNet: false);
        const ulong Thread = 0x3D0F00; // as glibc starts one

        Assert.Equal(Allow, FilterInterpreter.Evaluate(dotnet, calls.AuditArchitecture, (uint)calls["clone"], Thread));
        Assert.Equal(Eperm, FilterInterpreter.Evaluate(python, calls.AuditArchitecture, (uint)calls["clone"], Thread));
        Assert.Equal(Allow, FilterInterpreter.Evaluate(dotnet, calls.AuditArchitecture, (uint)calls["mmap"], 0, 4 << 20, 3, 0x21));
        Assert.Equal(Eperm, FilterInterpreter.Evaluate(python, calls.AuditArchitecture, (uint)calls["mmap"], 0, 4096, 3, 0x21));
    }

    [Fact]
    public void The_second_filter_closes_what_the_first_left_open()
    {
        var calls = SystemCalls.X64;
        var filter = SystemCallFilter.Second(calls, CageMode.Full);

        uint Verdict(string call, params ulong[] arguments) => FilterInterpreter.Evaluate(filter, calls.AuditArchitecture, (uint)calls[call], arguments);
        Assert.Equal(Eperm, Verdict("execveat", 255));
        Assert.Equal(Eperm, Verdict("execve"));
        Assert.Equal(Eperm, Verdict("seccomp", 1));
        Assert.Equal(Eperm, Verdict("prlimit64", 0, 7, 0x7FFF_0000_0000));
        Assert.Equal(Eperm, Verdict("prlimit64", 0, 7, 1));
        Assert.Equal(Allow, Verdict("prlimit64", 0, 7, 0, 0x7FFF_0000_0000));
        Assert.Equal(Allow, Verdict("read"));
    }

    [Theory]
    [InlineData(CageMode.Full, true)]
    [InlineData(CageMode.SeccompOnly, false)]
    public void Without_Landlock_the_second_filter_opens_no_file(string mode, bool opens)
    {
        foreach (var calls in (SystemCalls[])[SystemCalls.X64, SystemCalls.Arm64])
        {
            var filter = SystemCallFilter.Second(calls, mode);

            Is(opens ? Allow : Eperm, calls, filter, "openat");
            Is(opens ? Allow : Eperm, calls, filter, "open");
            Is(Allow, calls, filter, "read");
        }
    }

    // Debian's linux-libc-dev and its kin bring the kernel's own numbers along.
    [Theory]
    [InlineData(true, "/usr/include/x86_64-linux-gnu/asm/unistd_64.h")]
    [InlineData(false, "/usr/include/asm-generic/unistd.h")]
    public void The_numbers_are_those_of_the_kernels_headers(bool isX64, string header)
    {
        if (!File.Exists(header))
        {
            return;
        }

        var kernel = Headers.Read(header);
        var calls = isX64 ? SystemCalls.X64 : SystemCalls.Arm64;
        var listed = calls.Numbers.Keys.Union((isX64 ? SystemCalls.Arm64 : SystemCalls.X64).Numbers.Keys, StringComparer.Ordinal);

        // Also that a call is absent only where the kernel does not have it.
        Assert.All(listed, name => Assert.Equal((name, kernel.TryGetValue(name, out var number) ? number : (int?)null), (name, calls.Find(name))));
    }

    [Fact]
    public void No_call_is_on_two_lists_and_every_one_has_a_number()
    {
        string[] all = [.. SystemCallPolicy.Allowed, .. SystemCallPolicy.AllowedForDotNet, .. SystemCallPolicy.Refused, .. SystemCallPolicy.Killed, .. SystemCallPolicy.Absent];

        Assert.Equal(all.Length, all.Distinct(StringComparer.Ordinal).Count());
        Assert.All(all, name => Assert.NotNull(SystemCalls.X64.Find(name)));
        Assert.Equal(SystemCalls.X64.Numbers.Count, SystemCalls.X64.Numbers.Values.Distinct().Count());
        Assert.Equal(SystemCalls.Arm64.Numbers.Count, SystemCalls.Arm64.Numbers.Values.Distinct().Count());
    }

    [Fact]
    public void A_program_fits_the_kernel_and_jumps_only_forward_and_inside()
    {
        foreach (var filter in (FilterProgram[])[First(true, true).Filter, First(true, false).Filter, First(false, true).Filter, First(false, false).Filter])
        {
            Assert.InRange(filter.Instructions.Count, 100, 4096); // BPF_MAXINSNS
            for (var place = 0; place < filter.Instructions.Count; place++)
            {
                var instruction = filter.Instructions[place];
                if ((instruction.Code & 0x07) == 0x05)
                {
                    Assert.InRange(place + 1 + Math.Max(instruction.Then, instruction.Else), 0, filter.Instructions.Count - 1);
                }
            }

            Assert.Equal(filter.Instructions.Count * 8, filter.ToBytes().Length);
        }
    }

    [Fact]
    public void The_programs_change_only_on_purpose()
    {
        // A changed hash is a changed cage: look at the difference, then write the new one here.
        string Hash(FilterProgram filter) => Convert.ToHexString(SHA256.HashData(filter.ToBytes()))[..16];

        Assert.Equal(
            ["67159F5693F4AE5C", "33ACE5F6A2AA08C9", "991154389B14F981", "897F16EEA302F498", "B3C335CA2B209AF2", "7DC03C44AF827C38"],
            (string[])[Hash(First(true, true).Filter), Hash(First(true, false).Filter), Hash(First(false, true).Filter), Hash(First(false, false).Filter), Hash(SystemCallFilter.Second(SystemCalls.X64, CageMode.Full)), Hash(SystemCallFilter.Second(SystemCalls.X64, CageMode.SeccompOnly))]);
    }

    private static (SystemCalls Calls, FilterProgram Filter) First(bool isX64, bool isDotNet)
    {
        var calls = isX64 ? SystemCalls.X64 : SystemCalls.Arm64;
        return (calls, SystemCallFilter.First(calls, isDotNet, Self));
    }

    private static class Headers
    {
        // #define __NR_openat 56; some of arm64's are __NR3264_lseek 62, with a second line that gives them their name.
        public static Dictionary<string, int> Read(string path)
        {
            var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var line in File.ReadLines(path))
            {
                if (line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries) is ["#define", var name, var number, ..] &&
                    name.StartsWith("__NR", StringComparison.Ordinal) && int.TryParse(number, System.Globalization.CultureInfo.InvariantCulture, out var value))
                {
                    numbers[name[(name.IndexOf('_', 4) + 1)..]] = value;
                }
            }

            // Where words have 64 bits these go by the older names.
            foreach (var (name, old) in ((string, string)[])[("fstatat", "newfstatat")])
            {
                if (numbers.Remove(name, out var value))
                {
                    numbers[old] = value;
                }
            }

            return numbers;
        }
    }

    private static void Is(uint expected, SystemCalls calls, FilterProgram filter, string name)
    {
        if (calls.Find(name) is { } number)
        {
            Assert.Equal(expected, FilterInterpreter.Evaluate(filter, calls.AuditArchitecture, (uint)number));
        }
    }
}
