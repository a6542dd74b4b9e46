namespace StratForge.StrategyHost.Sandbox;

/// <summary>The last step of the lock-down, taken by the runtime itself before it sees any code, and what it finds when it tries the bars.</summary>
internal static class Cage
{
    /// <summary>Development switch: set to 1, strategies run without a cage, and every one of them says so.</summary>
    public const string UnsafeSwitch = "STRATFORGE_UNSAFE_NO_SANDBOX";

    /// <summary>Closes what is still open, then probes.</summary>
    public static IReadOnlyList<(string Name, string Outcome)> Close() =>
        Environment.GetEnvironmentVariable(UnsafeSwitch) == "1"
            ? [("cage", "none: " + UnsafeSwitch + " is set")]
            : throw new SandboxUnavailable("The cage is not there: start hosts through launch.");
}
