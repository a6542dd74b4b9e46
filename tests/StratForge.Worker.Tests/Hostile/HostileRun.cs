using System.Diagnostics;
using StratForge.Worker.Compilation;

namespace StratForge.Worker.Tests.Hostile;

/// <summary>Runs all hostile strategies at once through one real worker, beside honest neighbours, and keeps what became of each.</summary>
/// <param name="platform">A real database and bus.</param>
public sealed class HostileRun(Platform platform) : IAsyncLifetime
{
    private const int BaselineBars = 150;
    private static readonly TimeSpan NeighboursBar = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    private readonly Dictionary<string, IReadOnlyList<HostileOutcome>> _outcomes = new(StringComparer.Ordinal);
    private readonly string _cache = Directory.CreateTempSubdirectory("stratforge-hostile-").FullName;

    /// <summary>What the canaries noticed.</summary>
    public IReadOnlyList<string> Noticed { get; private set; } = [];

    /// <summary>Texts of the sessions, reason or log, that give a secret away.</summary>
    public IReadOnlyList<string> Betrayed { get; private set; } = [];

    /// <summary>Bars that a neighbour did not answer.</summary>
    public IReadOnlyList<long> Unanswered { get; private set; } = [];

    /// <summary>Median and 99th percentile of the neighbours' signals, without the hostile sessions and beside them.</summary>
    public (TimeSpan Median, TimeSpan P99) Alone { get; private set; }

    public (TimeSpan Median, TimeSpan P99) Beside { get; private set; }

    /// <summary>The worker's health page when all was over.</summary>
    public string Health { get; private set; } = "";

    /// <summary>Hosts that still ran when all was over, without those of the neighbours and of the ones that may go on.</summary>
    public int HostsLeft { get; private set; }

    /// <summary>How each copy of a strategy ended.</summary>
    internal IReadOnlyList<HostileOutcome> OutcomesOf(string name) => _outcomes[name];

    public async Task InitializeAsync()
    {
        await platform.ForgetSessionsAsync();
        using var canaries = new Canaries();
        var neighbours = new Neighbours(platform);
        platform.Respond = signal =>
        {
            neighbours.Hear(signal);
            return Platform.Accept(signal);
        };
        try
        {
            await RunAsync(canaries, neighbours);
        }
        finally
        {
            platform.Respond = Platform.Accept;
        }

        Noticed = canaries.Noticed();
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_cache, recursive: true);
        return Task.CompletedTask;
    }

    private async Task RunAsync(Canaries canaries, Neighbours neighbours)
    {
        // Shorter limits where a limit is what is waited for, and no larger than they need to be. The CPU time of an event and of a compilation need
        // to be that large: there are machines on which touching as much memory as a host may have takes a second, and a compiler's first source three.
        await using var worker = await RunningWorker.StartAsync(
            platform,
            ("Worker:CacheDirectory", _cache),
            ("Worker:ConcurrentStarts", "4"),
            ("Worker:Limits:Start", "00:00:02"),
            ("Worker:Limits:EventCpu", "00:00:01.5"),
            ("Worker:Limits:EventTime", "00:00:02"),
            ("Worker:Limits:CpuShare", "0.03"),
            ("Worker:Limits:ResidentMemory", "201326592"),
            ("Worker:Limits:SignalsPerMinute", "5"),
            ("Worker:Limits:LogFlood", "1048576"),
            ("Worker:Limits:Compile", "00:00:05"),
            ("Worker:Limits:RestartAfter:0", "00:00:00.1"),
            ("Worker:Limits:RestartAfter:1", "00:00:00.2"),
            ("Worker:Limits:RestartAfter:2", "00:00:00.3"));
        await neighbours.StartAsync();
        for (var i = 0; i < BaselineBars; i++)
        {
            await neighbours.NextBarAsync();
            await Task.Delay(NeighboursBar);
        }

        var alone = neighbours.LastSeq;
        var symbol = platform.NewSymbol();
        await platform.BarsAsync(symbol, 1, 1);
        var sessions = await StartAsync(canaries, worker.Service<AssemblyCache>(), symbol);
        var open = await PlayAsync(neighbours, symbol, sessions);
        await Platform.EventuallyAsync(
            () => Task.FromResult(!neighbours.Unanswered(1, neighbours.LastSeq).Any()), () => Task.FromResult("a neighbour does not answer"));

        Unanswered = [.. neighbours.Unanswered(1, neighbours.LastSeq)];
        Alone = (neighbours.Percentile(50, alone, 0.5), neighbours.Percentile(50, alone, 0.99));
        Beside = (neighbours.Percentile(alone, neighbours.LastSeq, 0.5), neighbours.Percentile(alone, neighbours.LastSeq, 0.99));
        HostsLeft = Hosts().Count(command => !command.EndsWith("compile\0", StringComparison.Ordinal)) - neighbours.Sessions.Count - open;
        Health = await worker.HealthAsync();
    }

    private async Task<IReadOnlyList<(HostileSample Sample, Guid Session)>> StartAsync(Canaries canaries, AssemblyCache cache, string symbol)
    {
        var sessions = new List<(HostileSample, Guid)>();
        foreach (var sample in HostileSample.All)
        {
            var source = canaries.Show(sample.Source);
            if (sample.HasAllOfDotNet)
            {
                // The compiler that refuses it is passed by: its assembly lies where a compiled one would.
                source += "// with all of .NET\n";
                await cache.KeepAsync(cache.KeyOf(source), HostileCompiler.Compile(source), CancellationToken.None);
            }

            for (var copy = 0; copy < sample.Copies; copy++)
            {
                sessions.Add((sample, await platform.StartSessionAsync(symbol, sample.Language, source)));
            }
        }

        return sessions;
    }

    // Bar after bar until every session came to its end, or shows that it goes on unharmed.
    private async Task<int> PlayAsync(
        Neighbours neighbours, string symbol, IReadOnlyList<(HostileSample Sample, Guid Session)> sessions)
    {
        var began = Stopwatch.GetTimestamp();
        var outcomes = new Dictionary<Guid, HostileOutcome>();
        var seq = 1L;
        while (true)
        {
            await neighbours.NextBarAsync();
            if (neighbours.LastSeq % 4 == 0)
            {
                seq++;
                await platform.BarsAsync(symbol, seq, seq);
            }

            await Task.Delay(NeighboursBar);
            if (neighbours.LastSeq % 20 != 0)
            {
                continue;
            }

            foreach (var (sample, session) in sessions)
            {
                if (!outcomes.TryGetValue(session, out var known) || !known.IsOver)
                {
                    outcomes[session] = await OutcomeAsync(sample, session);
                }
            }

            if (outcomes.Values.All(outcome => outcome.IsOver) || Stopwatch.GetElapsedTime(began) > Deadline)
            {
                foreach (var copies in sessions.GroupBy(one => one.Sample.Name, StringComparer.Ordinal))
                {
                    _outcomes[copies.Key] = [.. copies.Select(one => outcomes[one.Session])];
                }

                var ids = sessions.Select(one => one.Session).ToArray();
                Betrayed = await BetrayedAsync(ids);
                return (int)await platform.Database.ValueAsync<long>("select count(*) from sessions where id = any($1) and ended_at is null", ids);
            }
        }
    }

    private async Task<HostileOutcome> OutcomeAsync(HostileSample sample, Guid session)
    {
        var status = await platform.StatusAsync(session);
        if (status == "FAILED")
        {
            var failure = (await platform.FailureAsync(session)).Split(": ", 2);
            return new HostileOutcome(failure[0], failure[1], IsOver: true);
        }

        var log = sample.MayGoOn
            ? await platform.Database.ValueAsync<string>("select string_agg(message, E'\\n') from (select message from session_logs where session_id = $1 limit 50) m", session) ?? ""
            : "";
        return new HostileOutcome(status ?? "", log, sample.MayGoOn && status == "RUNNING" && log.Contains(sample.Words, StringComparison.Ordinal));
    }

    private async Task<IReadOnlyList<string>> BetrayedAsync(Guid[] sessions)
    {
        var betrayed = await platform.Database.ValueAsync<string>("""
            select string_agg(text, E'\n') from (
                select failure_detail as text from sessions where id = any($1)
                union all select message from session_logs where session_id = any($1)) texts
            where text like '%secret-%' or text like '%root:x:0%'
            """, sessions);
        return betrayed is null ? [] : betrayed.Split('\n');
    }

    // Hosts of the worker under test, wherever they went.
    internal static IEnumerable<string> Hosts()
    {
        foreach (var process in Directory.GetDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)))
        {
            string command;
            try
            {
                command = File.ReadAllText(Path.Combine(process, "cmdline"));
            }
            catch (IOException)
            {
                continue;
            }

            if (command.Contains(WorkerPrograms.Hosts, StringComparison.Ordinal))
            {
                yield return command;
            }
        }
    }
}

/// <summary>What became of one session.</summary>
/// <param name="Code">Reason of its failure, or its status.</param>
/// <param name="Detail">The reason's text; the log of one that goes on.</param>
/// <param name="IsOver">Whether it came to where it has to come.</param>
internal sealed record HostileOutcome(string Code, string Detail, bool IsOver);
