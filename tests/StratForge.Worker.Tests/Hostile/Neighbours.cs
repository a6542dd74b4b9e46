using System.Collections.Concurrent;
using System.Diagnostics;
using StratForge.Contracts.Internal;

namespace StratForge.Worker.Tests.Hostile;

/// <summary>Honest sessions beside the hostile ones, one of each language, and how long their signals take from the bar to the gateway.</summary>
internal sealed class Neighbours(Platform platform)
{
    private const string Python = """
        from stratforge import Strategy

        class Neighbour(Strategy):
            def on_bar(self, bar):
                return self.buy(1)
        """;

    private const string CSharp = """
        public sealed class Neighbour : Strategy
        {
            public override Signal? OnBar(Bar bar) => Buy(1);
        }
        """;

    private readonly string _symbol = platform.NewSymbol();
    private readonly ConcurrentDictionary<(Guid Session, long Seq), long> _arrived = new();
    private readonly Dictionary<long, long> _sent = [];
    private long _lastSeq;

    public IReadOnlyList<Guid> Sessions { get; private set; } = [];

    public async Task StartAsync()
    {
        await platform.BarsAsync(_symbol, 1, 1);
        _lastSeq = 1;
        Sessions =
        [
            await platform.StartSessionAsync(_symbol, "python", Python),
            await platform.StartSessionAsync(_symbol, "csharp", CSharp),
        ];
        foreach (var session in Sessions)
        {
            await platform.StatusBecomesAsync(session, "RUNNING");
        }
    }

    /// <summary>Put before the gateway's answer.</summary>
    public void Hear(ExecuteSignal signal) => _arrived.TryAdd((signal.SessionId, signal.EventSeq), Stopwatch.GetTimestamp());

    public async Task NextBarAsync()
    {
        var seq = ++_lastSeq;
        _sent[seq] = Stopwatch.GetTimestamp();
        await platform.BarsAsync(_symbol, seq, seq);
    }

    /// <summary>The last bar sent so far.</summary>
    public long LastSeq => _lastSeq;

    /// <summary>Bars of a range that some neighbour has not answered with a signal.</summary>
    public IEnumerable<long> Unanswered(long after, long through) =>
        Seqs(after, through).Where(seq => Sessions.Any(session => !_arrived.ContainsKey((session, seq))));

    /// <summary>The time below which a share of the signals of a range arrived.</summary>
    public TimeSpan Percentile(long after, long through, double share)
    {
        var times = Seqs(after, through)
            .SelectMany(seq => Sessions.Select(session => (session, seq)))
            .Where(_arrived.ContainsKey)
            .Select(key => Stopwatch.GetElapsedTime(_sent[key.seq], _arrived[key]))
            .Order()
            .ToArray();
        return times[Math.Clamp((int)Math.Ceiling(share * times.Length) - 1, 0, times.Length - 1)];
    }

    private static IEnumerable<long> Seqs(long after, long through)
    {
        for (var seq = after + 1; seq <= through; seq++)
        {
            yield return seq;
        }
    }
}
