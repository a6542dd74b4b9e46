namespace StratForge.StrategyHost.Sandbox;

/// <summary>What the cage is made of. The launcher chooses it, by what the kernel offers, and tells the runtime in <see cref="Variable"/>.</summary>
internal static class CageMode
{
    /// <summary>Landlock confines files, ports and signals; seccomp confines everything else.</summary>
    public const string Full = "full";

    /// <summary>The kernel has no Landlock: once everything is loaded, no file can be opened any more.</summary>
    public const string SeccompOnly = "seccomp-only";

    /// <summary>No cage: the kernel can't build one and an operator said to go on all the same.</summary>
    public const string None = "none";

    /// <summary>Carries the mode to the runtime.</summary>
    public const string Variable = "STRATFORGE_CAGE_MODE";

    /// <summary>The mode that this runtime was started in; null when no launcher started it.</summary>
    public static string? OfThisProcess => Environment.GetEnvironmentVariable(Variable);
}

/// <summary>What a runtime found when it closed its cage, for <c>ready</c>.</summary>
/// <param name="Mode">One of <see cref="CageMode"/>'s words.</param>
/// <param name="Probes">What was tried, and <c>denied</c> or what happened. Empty without a cage.</param>
internal sealed record CageReport(string Mode, IReadOnlyList<(string Name, string Outcome)> Probes);
