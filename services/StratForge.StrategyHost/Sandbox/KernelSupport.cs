using System.Globalization;
using System.Runtime.InteropServices;

namespace StratForge.StrategyHost.Sandbox;

/// <summary>What this kernel has of the two things that a cage is made of. Asked anew at every start: it costs two system calls.</summary>
/// <param name="Landlock">Version of Landlock's interface; 0 when there is none.</param>
/// <param name="Seccomp">Whether it filters system calls.</param>
internal sealed record KernelSupport(int Landlock, bool Seccomp)
{
    /// <summary>Takes the kernel for one whose Landlock is at most of this version, 0 for none. It makes the cage weaker, so it is for tests alone.</summary>
    public const string LandlockVariable = "STRATFORGE_CAGE_LANDLOCK";

    /// <summary>Set to 0, takes the kernel for one that filters no system calls. For tests alone.</summary>
    public const string SeccompVariable = "STRATFORGE_CAGE_SECCOMP";

    private const int SECCOMP_SET_MODE_FILTER = 1;

    /// <summary>The strongest cage there is here; null when there is none.</summary>
    public string? Mode => (Landlock, Seccomp) switch
    {
        (_, false) => null,
        (0, true) => CageMode.SeccompOnly,
        _ => CageMode.Full,
    };

    /// <summary>Asks the kernel.</summary>
    /// <exception cref="SandboxUnavailable">A variable for tests has no meaning.</exception>
    public static KernelSupport Find(SystemCalls calls)
    {
        var landlock = Math.Max(0, Sandbox.Landlock.Version(calls));
        if (Setting(LandlockVariable) is { } most)
        {
            landlock = Math.Min(landlock, most);
        }

        return new KernelSupport(landlock, Setting(SeccompVariable) != 0 && HasSeccomp(calls));
    }

    // A filter at address zero: a kernel that loads filters finds no filter there, any other says that it does not know the operation.
    private static bool HasSeccomp(SystemCalls calls) =>
        Native.Syscall(calls["seccomp"], SECCOMP_SET_MODE_FILTER, 0, 0, 0, 0) < 0 && Marshal.GetLastPInvokeError() == Native.EFAULT;

    private static int? Setting(string variable)
    {
        var text = Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new SandboxUnavailable($"{variable} is '{text}', not a whole number from 0.");
    }
}
