using System.Collections.Concurrent;
using StratForge.Contracts.Hosting;

namespace StratForge.Worker.Hosts;

/// <summary>What is known about running strangers' code on this machine, for the health page.</summary>
internal sealed partial class CageState
{
    /// <summary>Runs strategies without a cage when set to <c>1</c>. For the machine of someone who trusts every strategy on it.</summary>
    public const string UnsafeSwitch = "STRATFORGE_UNSAFE_NO_SANDBOX";

    private readonly ConcurrentDictionary<HostKind, string> _states = new();

    public CageState(IConfiguration configuration, ILogger<CageState> logger)
    {
        IsOff = configuration[UnsafeSwitch] == "1";
        if (IsOff)
        {
            LogOff(logger);
        }
    }

    /// <summary>Whether strategies run without a cage, as the operator asked.</summary>
    public bool IsOff { get; }

    /// <summary>What is wrong with the cage of a host that says it is ready; null when it holds, or is switched off.</summary>
    public string? FindFault(int processId, ReadyFrame ready) => IsOff ? null : CageCheck.FindFault(processId, ready);

    /// <summary>A host of this kind was found locked in.</summary>
    public void Verified(HostKind kind) => _states[kind] = IsOff ? "OFF: strategies can do whatever this user can" : "caged";

    /// <summary>A host of this kind could not be locked in, or not be started.</summary>
    public void Failed(HostKind kind, string fault) => _states[kind] = $"unavailable: {fault}";

    /// <summary><c>caged</c>, <c>unavailable: why</c>, or <c>unknown</c> before the first host.</summary>
    public string Of(HostKind kind) => _states.GetValueOrDefault(kind, "unknown");

    [LoggerMessage(LogLevel.Warning, UnsafeSwitch + " is set: strategies run WITHOUT A CAGE and can do whatever this user can")]
    private static partial void LogOff(ILogger logger);
}
