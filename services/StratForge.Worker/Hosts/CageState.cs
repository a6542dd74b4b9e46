using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using StratForge.Contracts.Hosting;

namespace StratForge.Worker.Hosts;

/// <summary>What is known about running strangers' code on this machine: for the health page, the metrics, the log and the sessions.</summary>
internal sealed partial class CageState
{
    /// <summary>Before the first host.</summary>
    public const string Unknown = "unknown";

    /// <summary>No cage can be built and nothing runs.</summary>
    public const string Refuse = "refuse";

    /// <summary>No cage can be built and strategies run all the same.</summary>
    public const string None = "none";

    private readonly ConcurrentDictionary<HostKind, Standing> _standings = new();
    private readonly ILogger<CageState> _logger;
    private readonly bool _runUncaged;

    public CageState(IOptions<CageOptions> options, ILogger<CageState> logger)
    {
        _logger = logger;
        _runUncaged = options.Value.RunUncaged;
        if (_runUncaged)
        {
            LogSwitch();
        }

        WorkerTelemetry.ObserveCage(() => _standings.Select(standing => (NameOf(standing.Key), standing.Value.Mode)));
    }

    /// <summary><c>full</c>, <c>seccomp-only</c>, <c>none</c>, <c>refuse</c>, or <c>unknown</c> before the first host. The kernel is the same for all
    /// kinds of host, so one that runs speaks for them.</summary>
    public string Mode => _standings.Values.Select(standing => standing.Mode).OrderBy(mode => mode == Refuse).FirstOrDefault(Unknown);

    /// <summary>What a session that starts has to say to its owner about the cage; null when there is one.</summary>
    public string? Warning => Mode == None
        ? $"This session runs WITHOUT A CAGE: none can be built on its worker's machine, and {CageOptions.UnsafeSwitch} is set there. The strategy can do whatever the worker's user can."
        : null;

    /// <summary>What is wrong with the cage of a host that says it is ready; null when it holds, or may be missing.</summary>
    public string? FindFault(int processId, ReadyFrame ready) =>
        ready.Cage == None && _runUncaged ? null : CageCheck.FindFault(processId, ready);

    /// <summary>A host of this kind was found locked in, or may run without.</summary>
    public void Verified(HostKind kind, ReadyFrame ready)
    {
        var standing = new Standing(ready.Cage!, ready.Cage == None ? "OFF: strategies can do whatever this user can" : "caged");
        if (IsNews(kind, standing))
        {
            if (standing.Mode == None)
            {
                LogUncaged(NameOf(kind));
            }
            else
            {
                LogCaged(NameOf(kind), standing.Mode);
            }
        }
    }

    /// <summary>A host of this kind could not be locked in, or not be started.</summary>
    public void Failed(HostKind kind, string fault)
    {
        if (IsNews(kind, new Standing(Refuse, $"unavailable: {fault}")))
        {
            LogRefused(NameOf(kind), fault);
        }
    }

    /// <summary><c>caged</c>, <c>OFF: …</c>, <c>unavailable: why</c>, or <c>unknown</c> before the first host.</summary>
    public string Of(HostKind kind) => _standings.TryGetValue(kind, out var standing) ? standing.Words : Unknown;

    /// <summary>All of it, for the health page.</summary>
    public IReadOnlyDictionary<string, string> Describe() => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["mode"] = Mode,
        [NameOf(HostKind.CSharp)] = Of(HostKind.CSharp),
        [NameOf(HostKind.Python)] = Of(HostKind.Python),
        [NameOf(HostKind.Compile)] = Of(HostKind.Compile),
    };

    private static string NameOf(HostKind kind) => kind switch
    {
        HostKind.CSharp => "csharp",
        HostKind.Python => "python",
        _ => "compile",
    };

    private bool IsNews(HostKind kind, Standing standing)
    {
        var before = _standings.GetValueOrDefault(kind);
        _standings[kind] = standing;
        return before != standing;
    }

    [LoggerMessage(LogLevel.Warning, CageOptions.UnsafeSwitch + " is set: should no cage be possible on this machine, strategies run WITHOUT ONE")]
    private partial void LogSwitch();

    [LoggerMessage(LogLevel.Critical, "Strategies run WITHOUT A CAGE ({Kind}) and can do whatever this user can: none can be built here, and " + CageOptions.UnsafeSwitch + " is set")]
    private partial void LogUncaged(string kind);

    [LoggerMessage(LogLevel.Information, "Strategies are caged ({Kind}): {Mode}")]
    private partial void LogCaged(string kind, string mode);

    [LoggerMessage(LogLevel.Error, "Strategies can't be caged ({Kind}), so none is run: {Fault}")]
    private partial void LogRefused(string kind, string fault);

    /// <param name="Mode">Of the cage.</param>
    /// <param name="Words">As the health page has it.</param>
    private sealed record Standing(string Mode, string Words);
}
