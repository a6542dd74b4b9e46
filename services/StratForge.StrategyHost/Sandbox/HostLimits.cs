using System.Globalization;

namespace StratForge.StrategyHost.Sandbox;

/// <summary>Memory a host may use; the kernel and the runtime enforce it.</summary>
/// <param name="HeapMegabytes">Managed heap of .NET; 0 for Python, which has none of its own.</param>
/// <param name="DataMegabytes">Private memory (RLIMIT_DATA).</param>
/// <param name="AddressSpaceMegabytes">Address space (RLIMIT_AS). .NET reserves 2.8 GiB before it does anything.</param>
internal sealed record HostLimits(long HeapMegabytes, long DataMegabytes, long AddressSpaceMegabytes)
{
    public static readonly HostLimits CSharp = new(96, 256, 4096);
    public static readonly HostLimits Compile = new(320, 768, 4096);
    public static readonly HostLimits Python = new(0, 512, 512);

    private const string HeapVariable = "STRATFORGE_HOST_HEAP_MB";
    private const string DataVariable = "STRATFORGE_HOST_DATA_MB";
    private const string AddressSpaceVariable = "STRATFORGE_HOST_ADDRESS_SPACE_MB";

    /// <summary>The same as environment of the runtime, which lowers its own limits once it has loaded what it needs.</summary>
    public IReadOnlyList<string> Environment =>
    [
        $"{DataVariable}={DataMegabytes}",
        $"{AddressSpaceVariable}={AddressSpaceMegabytes}",
    ];

    /// <summary>What the environment sets, else <paramref name="defaults"/>.</summary>
    /// <exception cref="SandboxUnavailable">A value is not a number of megabytes.</exception>
    public static HostLimits FromEnvironment(HostLimits defaults) => new(
        Read(HeapVariable, defaults.HeapMegabytes),
        Read(DataVariable, defaults.DataMegabytes),
        Read(AddressSpaceVariable, defaults.AddressSpaceMegabytes));

    private static long Read(string variable, long otherwise)
    {
        var text = System.Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrEmpty(text))
        {
            return otherwise;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var megabytes) && megabytes is > 0 and < 1024 * 1024
            ? megabytes
            : throw new SandboxUnavailable($"{variable} is '{text}', not a number of megabytes.");
    }
}
