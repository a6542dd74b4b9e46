using System.Text;

namespace StratForge.Gateway.Market;

/// <summary>What became of a file.</summary>
internal abstract record ImportOutcome
{
    private ImportOutcome()
    {
    }

    /// <summary>It was read to its end, or until somebody stopped it; good lines are stored, the others are told.</summary>
    public sealed record Imported(MarketJob Job) : ImportOutcome;

    /// <summary>Its first line does not say which column is which; nothing is stored.</summary>
    public sealed record NoHeading(string Fault) : ImportOutcome;
}

/// <summary>Stores the bars of a file while it comes in, so that it may be as long as it likes; how far it is can be asked meanwhile.</summary>
internal sealed class BarImport(MarketJobStore jobs, BarWriter writer, TimeProvider clock)
{
    private const int LinesOfStep = 5_000;

    public async Task<ImportOutcome> RunAsync(Guid userId, ImportQuery query, Stream file, CancellationToken cancellationToken)
    {
        var timeframe = query.TimeframeOrDefault;
        var length = timeframe == "1d" ? TimeSpan.FromDays(1) : TimeSpan.FromMinutes(1);
        var reader = new BarFileReader(query.Symbol, length, clock.GetUtcNow());
        var id = await jobs.AddImportAsync(userId, timeframe, cancellationToken);
        var step = new Step(writer, timeframe, query.Overwrite ?? false);
        var symbols = new HashSet<string>(StringComparer.Ordinal);
        var status = "COMPLETED";
        try
        {
            using var text = new StreamReader(file, Encoding.UTF8);
            await foreach (var line in reader.ReadAsync(text, cancellationToken))
            {
                step.Add(line);
                if (line.Fault is null)
                {
                    symbols.Add(line.Bar.Symbol);
                }

                if (step.Lines == LinesOfStep && !await jobs.AdvanceAsync(id, await step.TakeAsync(cancellationToken), symbols, cancellationToken))
                {
                    status = "CANCELED";
                    break;
                }
            }

            await jobs.AdvanceAsync(id, await step.TakeAsync(cancellationToken), symbols, cancellationToken);
        }
        catch (BarFileException unreadable)
        {
            await jobs.EndAsync(id, "FAILED", unreadable.Message, cancellationToken);
            return new ImportOutcome.NoHeading(unreadable.Message);
        }

        await jobs.EndAsync(id, status, error: null, cancellationToken);
        return new ImportOutcome.Imported((await jobs.FindAsync(userId, id, cancellationToken))!);
    }

    /// <summary>Lines that are stored together.</summary>
    private sealed class Step(BarWriter writer, string timeframe, bool overwrite)
    {
        private readonly Dictionary<(string Symbol, DateTimeOffset At), HistoricBar> _bars = [];
        private readonly List<LineProblem> _problems = [];

        public int Lines { get; private set; }

        public void Add(BarLine line)
        {
            Lines++;
            var fault = line.Fault ?? (_bars.TryAdd((line.Bar.Symbol, line.Bar.At), line.Bar) ? null : $"a second bar of {line.Bar.Symbol} at {line.Bar.At:u}");
            if (fault is not null)
            {
                _problems.Add(new LineProblem(line.Number, fault));
            }
        }

        public async Task<JobStep> TakeAsync(CancellationToken cancellationToken)
        {
            var stored = await writer.WriteAsync(timeframe, [.. _bars.Values], overwrite, cancellationToken);
            var step = new JobStep(Lines, stored, _bars.Count - stored, _problems.Count, [.. _problems.Take(100)]);
            _bars.Clear();
            _problems.Clear();
            Lines = 0;
            return step;
        }
    }
}
