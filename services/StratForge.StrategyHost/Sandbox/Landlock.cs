using System.Runtime.InteropServices;

namespace StratForge.StrategyHost.Sandbox;

/// <summary>What a host may do with one path and everything below it.</summary>
/// <param name="Path">Absolute; one that does not exist is passed over.</param>
/// <param name="Access">A sum of the constants of <see cref="Landlock"/>.</param>
internal readonly record struct PathRule(string Path, ulong Access);

/// <summary>The kernel's per-process rules about files, TCP ports and signals.</summary>
/// <remarks>Everything that the kernel can handle is handled, so what no rule names is refused. Source: Documentation/userspace-api/landlock.rst.
/// <c>stat</c>, <c>readlink</c> and <c>access</c> stay possible: that a path exists can be seen, what is in it can't.</remarks>
internal static unsafe class Landlock
{
    public const ulong Execute = 1 << 0;
    public const ulong WriteFile = 1 << 1;
    public const ulong ReadFile = 1 << 2;
    public const ulong ReadDirectory = 1 << 3;

    private const uint WantVersion = 1; // LANDLOCK_CREATE_RULESET_VERSION
    private const int PathBeneath = 1; // LANDLOCK_RULE_PATH_BENEATH

    /// <summary>Version of the kernel's interface; below 1 when there is none.</summary>
    public static int Version(SystemCalls calls) =>
        (int)Native.Syscall(calls["landlock_create_ruleset"], 0, 0, (nint)WantVersion, 0, 0);

    /// <summary>Builds a rule set from <paramref name="rules"/>; nothing is in force before <see cref="Enforce"/>.</summary>
    /// <returns>Its descriptor.</returns>
    /// <exception cref="SandboxUnavailable">The kernel refused it.</exception>
    public static int Prepare(SystemCalls calls, int version, IReadOnlyList<PathRule> rules)
    {
        var handled = new Handled
        {
            Files = version switch { 1 => Bits(13), 2 => Bits(14), 3 or 4 => Bits(15), _ => Bits(16) },
            TcpPorts = version >= 4 ? Bits(2) : 0, // bind, connect
            Scopes = version >= 6 ? Bits(2) : 0, // abstract Unix sockets, signals
        };
        var size = version switch { < 4 => 8, < 6 => 16, _ => 24 };
        var rulesDescriptor = (int)Native.Syscall(calls["landlock_create_ruleset"], (nint)(&handled), size, 0, 0, 0);
        if (rulesDescriptor < 0)
        {
            throw new SandboxUnavailable($"Landlock refused a rule set: errno {Marshal.GetLastPInvokeError()}.");
        }

        foreach (var rule in rules)
        {
            var isDirectory = Directory.Exists(rule.Path);
            if (isDirectory || File.Exists(rule.Path))
            {
                Add(calls, rulesDescriptor, rule.Path, isDirectory ? rule.Access : rule.Access & (Execute | WriteFile | ReadFile));
            }
        }

        return rulesDescriptor;
    }

    /// <summary>Puts the rules in force for this thread and every program it becomes.</summary>
    public static bool Enforce(int call, int rulesDescriptor) => Native.Syscall(call, rulesDescriptor, 0, 0, 0, 0) == 0;

    private static void Add(SystemCalls calls, int rulesDescriptor, string path, ulong access)
    {
        var descriptor = Native.Open(path, Native.O_PATH | Native.O_CLOEXEC, 0);
        if (descriptor < 0)
        {
            throw new SandboxUnavailable($"{path} can't be opened: errno {Marshal.GetLastPInvokeError()}.");
        }

        var beneath = new Beneath { Access = access, Descriptor = descriptor };
        var added = Native.Syscall(calls["landlock_add_rule"], rulesDescriptor, PathBeneath, (nint)(&beneath), 0, 0);
        var error = Marshal.GetLastPInvokeError();
        _ = Native.Close(descriptor);
        if (added < 0)
        {
            throw new SandboxUnavailable($"Landlock refused the rule about {path}: errno {error}.");
        }
    }

    private static ulong Bits(int count) => (1UL << count) - 1;

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Handled
    {
        public ulong Files;
        public ulong TcpPorts;
        public ulong Scopes;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Beneath
    {
        public ulong Access;
        public int Descriptor;
    }
}
