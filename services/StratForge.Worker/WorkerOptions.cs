using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace StratForge.Worker;

/// <summary>What an operator may set, section <c>Worker</c>.</summary>
internal sealed class WorkerOptions
{
    /// <summary>Sessions this worker runs at once; others stay for other workers.</summary>
    /// <value>1 to 10,000. Default 1,000: some 16 MiB of memory each.</value>
    [Range(1, 10_000)]
    public int MaxSessions { get; set; } = 1_000;

    /// <summary>Hosts that are being started at once. A start is CPU time, and starting all at once would time all of them out.</summary>
    /// <value>1 to 64. Default: the number of processors.</value>
    [Range(1, 64)]
    public int ConcurrentStarts { get; set; } = Environment.ProcessorCount;

    /// <summary>For how long this worker's lease holds unrenewed: the longest that the sessions of one that hangs stand still. Those of a
    /// killed one are taken two seconds after its last heartbeat.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the lease is renewed.</summary>
    /// <value>Default 1 s, so that two heartbeats may be late before anybody draws a conclusion.</value>
    public TimeSpan RenewEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the worker looks for sessions nobody runs; the bus makes it quicker.</summary>
    public TimeSpan ClaimEvery { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Silence of a symbol after which its stored bars are looked at.</summary>
    public TimeSpan BarsOverdueAfter { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often stored user events are looked at, in case the bus lost one.</summary>
    public TimeSpan EventsEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the first session of a symbol waits for the symbol's history to be there.</summary>
    public TimeSpan HistoryPatience { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a bar of a session with several symbols waits for those that belong before it: bars of its other symbols that begin earlier,
    /// or with it. Where all symbols trade in every minute nothing ever waits that long.</summary>
    /// <value>Default 0.5 s: bars of one minute come within a few hundred milliseconds of each other.</value>
    public TimeSpan SymbolPatience { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Longest that a signal waits for those of other sessions at the same bar, so that they travel together. It waits only as
    /// long as hosts go on answering; the first pause sends what is there.</summary>
    /// <value>Zero sends at once. Default 3 ms, more than a hundred hosts need to answer one bar on two processors.</value>
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(3);

    /// <summary>Jobs done at once: replays and the like, which may take all of a processor while sessions need theirs.</summary>
    /// <value>0 to 64, 0 does none. Default: half of the processors, at least one.</value>
    [Range(0, 64)]
    public int ConcurrentJobs { get; set; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Folder that holds <c>csharp/</c> and <c>python/</c>, the host programs.</summary>
    public string? HostsDirectory { get; set; }

    /// <summary>Folder for compiled strategies. Default: below <c>STRATFORGE_DATA</c>, else below the temporary folder.</summary>
    public string? CacheDirectory { get; set; }

    /// <summary>What one session may use.</summary>
    [ValidateObjectMembers]
    public HostLimits Limits { get; set; } = new();
}

/// <summary>What one session may use before it is ended.</summary>
internal sealed class HostLimits
{
    /// <summary>From the code being handed over to the strategy being ready.</summary>
    public TimeSpan Start { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>CPU time for one event, counted from the first look at it, a quarter of a second after its begin at most.</summary>
    public TimeSpan EventCpu { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Time for one event.</summary>
    public TimeSpan EventTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest that anything takes on a machine that does not let the strategy's process run.</summary>
    public TimeSpan Starvation { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>CPU time that a job's strategy may use in all: a replay, or a run of an examination.</summary>
    /// <value>Default 10 min, in which Python is told some millions of bars.</value>
    public TimeSpan JobCpu { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Share of one processor over a minute, outside of catching up.</summary>
    [Range(0.01, 64)]
    public double CpuShare { get; set; } = 0.25;

    /// <summary>Resident memory, bytes.</summary>
    public long ResidentMemory { get; set; } = 384L * 1024 * 1024;

    /// <summary>Threads of one process. .NET itself has about ten.</summary>
    /// <value>16 to 4,096. Default 64.</value>
    [Range(16, 4_096)]
    public int Threads { get; set; } = 64;

    /// <summary>Signals in one minute of the market's clock.</summary>
    [Range(1, 100_000)]
    public int SignalsPerMinute { get; set; } = 60;

    /// <summary>Trades and quotes that one session is told in all. They are on its tape, 50 bytes each, and told again, one by one, whenever it changes
    /// hands or is replayed.</summary>
    /// <value>1 to 1,000,000,000. Default 5,000,000: a week of a symbol with eight a second, 250 MB of tape, and minutes to be told again.</value>
    [Range(1, 1_000_000_000)]
    public int TicksPerSession { get; set; } = 5_000_000;

    /// <summary>Bytes of log kept per event.</summary>
    public int LogPerEvent { get; set; } = 64 * 1024;

    /// <summary>Bytes of log kept per hour.</summary>
    public int LogPerHour { get; set; } = 1024 * 1024;

    /// <summary>Bytes written to the log in one minute that end the session.</summary>
    public long LogFlood { get; set; } = 16L * 1024 * 1024;

    /// <summary>Time for one compilation.</summary>
    public TimeSpan Compile { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Resident memory of a compiler, bytes.</summary>
    public long CompileMemory { get; set; } = 384L * 1024 * 1024;

    /// <summary>How long a host that crashed after it had worked stays down before it is started again, once for each start.</summary>
    /// <value>Unset: 1 s, 5 s and 30 s, and then it is over.</value>
    public TimeSpan[]? RestartAfter { get; set; }

    /// <summary><see cref="RestartAfter"/>, or what holds when that is unset.</summary>
    internal IReadOnlyList<TimeSpan> Restarts =>
        RestartAfter ?? [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)];

    /// <summary>Time a strategy has to stop by itself.</summary>
    public TimeSpan Stop { get; set; } = TimeSpan.FromSeconds(2);
}

/// <summary>Checks <see cref="WorkerOptions"/> at start.</summary>
[OptionsValidator]
internal sealed partial class WorkerOptionsValidator : IValidateOptions<WorkerOptions>;
