using System.Text.Json.Nodes;

namespace StratForge.StrategyHost.Tests.Sandbox;

/// <summary>Strategies that try to get out. They are compiled with all of .NET and unsafe code, so only the cage stands in their way.</summary>
public sealed class HostileStrategyTests
{
    private const int Killed = 128 + 9;
    private const int ForbiddenCall = 128 + 31;
    private const int Aborted = 128 + 6;

    private const string NativeCalls = """
            [DllImport("libc", SetLastError = true)] static extern int kill(int pid, int signal);
            [DllImport("libc", SetLastError = true)] static extern int getppid();
            [DllImport("libc", SetLastError = true)] static extern int fork();
            [DllImport("libc", SetLastError = true)] static extern long ptrace(long request, long pid, long address, long data);
            [DllImport("libc", SetLastError = true)] static extern int setrlimit(int resource, ulong[] limit);
            [DllImport("libc", SetLastError = true)] static extern int setuid(uint user);
            [DllImport("libc", SetLastError = true)] static extern IntPtr malloc(ulong size);
            [DllImport("libc", SetLastError = true)] static extern IntPtr mmap(IntPtr at, ulong size, int protection, int flags, int descriptor, long offset);
            [DllImport("libc", SetLastError = true)] static extern int execve(string path, IntPtr arguments, IntPtr environment);
            [DllImport("libc", SetLastError = true)] static extern long syscall(long number, long a, long b, long c, long d);
            [DllImport("libc", SetLastError = true)] static extern int unlink(string path);
            [DllImport("libc", SetLastError = true)] static extern int chmod(string path, uint mode);

            void Try(string what, Action attempt)
            {
                try { attempt(); Log(what + ": done"); }
                catch (Exception e) { Log(what + ": " + e.GetType().Name); }
            }

            void Call(string what, Func<long> attempt)
            {
                var result = attempt();
                Log(what + ": " + (result < 0 ? "errno " + Marshal.GetLastPInvokeError() : "done"));
            }
        """;

    [Fact]
    public async Task A_CSharp_strategy_reaches_no_file_network_process_or_limit()
    {
        var code = Samples.Hostile("""
                    Try("read", () => File.ReadAllText("/etc/passwd"));
                    Try("read own environment", () => File.ReadAllText("/proc/self/environ"));
                    Try("read another process", () => File.ReadAllText("/proc/" + getppid() + "/environ"));
                    Try("list the root", () => Directory.GetFiles("/"));
                    Try("list the neighbours", () => Directory.GetFiles(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd('/'))!));
                    Try("write", () => File.WriteAllText("/tmp/stratforge-escaped", "x"));
                    Try("append to a log", () => File.AppendAllText("/dev/null", "x"));
                    Try("make a folder", () => Directory.CreateDirectory("/tmp/stratforge-escaped.d"));
                    Try("connect", () => new TcpClient("127.0.0.1", 22).Dispose());
                    Try("open a socket", () => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified).Dispose());
                    Try("start a program", () => System.Diagnostics.Process.Start("/bin/true"));
                    Call("exec", () => execve("/bin/true", IntPtr.Zero, IntPtr.Zero));
                    Call("fork", () => fork());
                    Call("kill the parent", () => kill(getppid(), 9));
                    Call("kill the init process", () => kill(1, 9));
                    Call("kill everybody", () => kill(-1, 9));
                    Call("raise a limit", () => setrlimit(7, new ulong[] { 4096, 4096 }));
                    Call("become root", () => setuid(0));
                    Call("share memory", () => mmap(IntPtr.Zero, 64 << 20, 3, 0x21, -1, 0) == new IntPtr(-1) ? -1 : 0);
                    Call("delete", () => unlink("/etc/passwd"));
                    Call("open up", () => chmod("/", 511));
                    Log("environment: " + string.Join(' ', Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(name => name.Contains("SECRET"))));
                    Log("identity: " + (File.Exists("/etc/passwd") ? "sees that a file exists" : "sees nothing"));
            """, NativeCalls);
        await using var host = await HostProcess.LoadedAsync("csharp", code);

        var outcomes = Outcomes(await host.BarAsync(1, 100));

        Assert.Equal(
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["read"] = "UnauthorizedAccessException",
                ["read own environment"] = "UnauthorizedAccessException",
                ["read another process"] = "UnauthorizedAccessException",
                ["list the root"] = "UnauthorizedAccessException",
                ["list the neighbours"] = "UnauthorizedAccessException",
                ["write"] = "UnauthorizedAccessException",
                ["append to a log"] = "UnauthorizedAccessException",
                ["make a folder"] = "UnauthorizedAccessException",
                ["connect"] = "SocketException",
                ["open a socket"] = "SocketException",
                ["start a program"] = "Win32Exception",
                ["exec"] = "errno 1",
                ["fork"] = "errno 1",
                ["kill the parent"] = "errno 1",
                ["kill the init process"] = "errno 1",
                ["kill everybody"] = "errno 1",
                ["raise a limit"] = "errno 1",
                ["become root"] = "errno 1",
                ["share memory"] = "errno 1",
                ["delete"] = "errno 1",
                ["open up"] = "errno 1",
                ["environment"] = string.Empty,
                ["identity"] = "sees that a file exists",
            },
            outcomes);
        Assert.False(File.Exists("/tmp/stratforge-escaped"));
        Assert.Equal("bar", (string?)(await host.BarAsync(2, 100))["of"]);
    }

    [Fact]
    public async Task A_Python_strategy_reaches_no_file_network_process_or_limit()
    {
        var code = Samples.PythonOnBar("""
            import ctypes, mmap, os, resource, socket, subprocess, threading
            libc = ctypes.CDLL(None, use_errno=True)
            def attempt(what, action):
                try:
                    action()
                    self.log(what + ": done")
                except BaseException as error:
                    self.log(what + ": " + type(error).__name__)
            def call(what, action):
                self.log(what + ": " + (f"errno {ctypes.get_errno()}" if action() < 0 else "done"))
            attempt("read", lambda: open("/etc/passwd").read())
            attempt("read own environment", lambda: open("/proc/self/environ").read())
            attempt("read another process", lambda: open(f"/proc/{os.getppid()}/environ").read())
            attempt("list the root", lambda: os.listdir("/"))
            attempt("list the neighbours", lambda: os.listdir(__import__("stratforge").__file__.rsplit("/", 2)[0]))
            attempt("write", lambda: open("/tmp/stratforge-escaped", "w"))
            attempt("append to a log", lambda: open("/dev/null", "a"))
            attempt("make a folder", lambda: os.mkdir("/tmp/stratforge-escaped.d"))
            attempt("connect", lambda: socket.create_connection(("127.0.0.1", 22)))
            attempt("open a socket", lambda: socket.socket(socket.AF_UNIX))
            attempt("start a program", lambda: subprocess.run(["/bin/true"]))
            attempt("exec", lambda: os.execv("/bin/true", ["true"]))
            attempt("fork", os.fork)
            attempt("start a thread", threading.Thread(target=print).start)
            attempt("kill the parent", lambda: os.kill(os.getppid(), 9))
            attempt("kill everybody", lambda: os.kill(-1, 9))
            attempt("raise a limit", lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096)))
            attempt("become root", lambda: os.setuid(0))
            attempt("share memory", lambda: mmap.mmap(-1, 4096))
            attempt("delete", lambda: os.unlink("/etc/passwd"))
            call("open up", lambda: libc.chmod(b"/", 0o777))
            self.log("environment: " + " ".join(name for name in os.environ if "SECRET" in name or "FILTER" in name))
            """);
        await using var host = await HostProcess.LoadedAsync("python", code);

        var outcomes = Outcomes(await host.BarAsync(1, 100));

        Assert.Equal(
            new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["read"] = "PermissionError",
                ["read own environment"] = "PermissionError",
                ["read another process"] = "PermissionError",
                ["list the root"] = "PermissionError",
                ["list the neighbours"] = "PermissionError",
                ["write"] = "PermissionError",
                ["append to a log"] = "PermissionError",
                ["make a folder"] = "PermissionError",
                ["connect"] = "PermissionError",
                ["open a socket"] = "PermissionError",
                ["start a program"] = "PermissionError",
                ["exec"] = "PermissionError",
                ["fork"] = "PermissionError",
                ["start a thread"] = "RuntimeError",
                ["kill the parent"] = "PermissionError",
                ["kill everybody"] = "PermissionError",
                ["raise a limit"] = "ValueError",
                ["become root"] = "PermissionError",
                ["share memory"] = "PermissionError",
                ["delete"] = "PermissionError",
                ["open up"] = "errno 1",
                ["environment"] = string.Empty,
            },
            outcomes);
        Assert.False(File.Exists("/tmp/stratforge-escaped"));
        Assert.Equal("bar", (string?)(await host.BarAsync(2, 100))["of"]);
    }

    [Theory]
    [InlineData("ptrace(16, getppid(), 0, 0);")] // PTRACE_ATTACH
    [InlineData("syscall(310, getppid(), 0, 0, 0);")] // process_vm_readv
    [InlineData("syscall(272, 0x10000000, 0, 0, 0);")] // unshare(CLONE_NEWUSER)
    [InlineData("syscall(0x40000000 | 39, 0, 0, 0, 0);")] // getpid, as the x32 variant that other filters overlook
    public async Task A_clear_attack_kills_the_CSharp_strategy_on_the_spot(string attack)
    {
        if (System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture != System.Runtime.InteropServices.Architecture.X64)
        {
            attack = "ptrace(16, getppid(), 0, 0);";
        }

        Assert.Equal(ForbiddenCall, await EndOf("csharp", Samples.Hostile(attack, NativeCalls)));
    }

    [Fact]
    public async Task A_clear_attack_kills_the_Python_strategy_on_the_spot() =>
        Assert.Equal(ForbiddenCall, await EndOf("python", Samples.PythonOnBar("import ctypes, os\nctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0)")));

    [Fact]
    public async Task Memory_ends_at_the_limit_in_CSharp()
    {
        await using var host = await HostProcess.LoadedAsync("csharp", Samples.Hostile("""
                    var kept = new List<byte[]>();
                    try { while (true) { var block = new byte[1 << 20]; Array.Fill(block, (byte)1); kept.Add(block); } }
                    catch (OutOfMemoryException) { var count = kept.Count; kept.Clear(); Log("managed: " + (count < 96)); }
                    var native = 0;
                    while (native < 4096 && malloc(1 << 20) != IntPtr.Zero) native++;
                    Log("native: " + (native < 256));
            """, NativeCalls));

        var outcomes = Outcomes(await host.BarAsync(1, 100));

        Assert.Equal(("True", "True"), (outcomes["managed"], outcomes["native"]));
    }

    [Fact]
    public async Task Memory_ends_at_the_limit_in_Python()
    {
        await using var host = await HostProcess.LoadedAsync("python", Samples.PythonOnBar("""
            kept = []
            try:
                while True:
                    kept.append(bytearray(1 << 20))
            except MemoryError:
                count = len(kept)
                kept.clear()
                self.log(f"managed: {count < 512}")
            """));

        Assert.Equal("True", Outcomes(await host.BarAsync(1, 100))["managed"]);
    }

    [Fact]
    public async Task Recursion_without_end_ends_the_strategy_alone()
    {
        Assert.Equal(Aborted, await EndOf("csharp", Samples.Hostile("Down(1);", "static int Down(int depth) => Down(depth + 1) + 1;")));

        await using var python = await HostProcess.LoadedAsync("python", Samples.PythonOnBar("def down():\n    down()\ndown()"));
        Assert.Contains("RecursionError", (string?)(await python.BarAsync(1, 100))["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaving_without_an_answer_is_only_an_exit()
    {
        Assert.Equal(0, await EndOf("csharp", Samples.Hostile("Environment.Exit(0);")));
        Assert.Equal(0, await EndOf("python", Samples.PythonOnBar("import os\nos._exit(0)")));
    }

    [Fact]
    public async Task A_strategy_that_never_returns_can_be_killed_with_its_group()
    {
        await using var host = await HostProcess.LoadedAsync("csharp", Samples.Hostile("while (true) { }"));
        await host.SendAsync(new { type = "bar", seq = 1, t = 0, o = 1, h = 1, l = 1, c = 1, v = 1 });

        // The group is the host's own: its number is the process's.
        Assert.Equal(0, KillGroup(host.Id));
        Assert.Equal(Killed, (await host.ExitAsync()).Code);
    }

    private static int KillGroup(int group)
    {
        using var kill = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/kill", ["-KILL", "--", $"-{group}"]) { UseShellExecute = false })!;
        kill.WaitForExit();
        return kill.ExitCode;
    }

    private static async Task<int> EndOf(string kind, byte[] code)
    {
        await using var host = await HostProcess.LoadedAsync(kind, code);
        await host.SendAsync(new { type = "bar", seq = 1, t = 0, o = 1, h = 1, l = 1, c = 1, v = 1 });
        await Assert.ThrowsAnyAsync<EndOfStreamException>(host.ReadAsync);
        return (await host.ExitAsync()).Code;
    }

    private static SortedDictionary<string, string> Outcomes(JsonNode done)
    {
        Assert.True((string?)done["type"] == "done", done.ToJsonString());
        var outcomes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in done["logs"]!.AsArray())
        {
            var parts = ((string)line!["message"]!).Split(": ", 2);
            outcomes.Add(parts[0], parts[1]);
        }

        return outcomes;
    }
}
