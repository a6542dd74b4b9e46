using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using StratForge.Contracts.Hosting;
using StratForge.Contracts.Market;
using StratForge.Contracts.Validation;
using StratForge.Worker.Compilation;
using StratForge.Worker.Hosts;
using StratForge.Worker.Market;
using StratForge.Worker.Replays;
using StratForge.Worker.Sessions;

namespace StratForge.Worker.Validation;

/// <summary>Examines one strategy: builds it, looks through its source, runs it on a trial market, and runs it again on less of the same market
/// to see whether it knew what was still to come. Its code runs in the cage and nowhere else.</summary>
internal sealed partial class Examination(
    Guid userId, ValidateStrategy asked, SessionServices services, CompileDesk compiler, HostSpawner spawner, HostPrograms programs, IProgress<double> progress)
{
    private const int MostProblems = 50;
    private const int TrialLength = 780;
    private const int LeastStored = 300;

    // Bound by the limits of one event; and always as many, or whoever looks ahead would not even repeat himself.
    private const int BarsPerChunk = 20;

    private const decimal Cash = 100_000m;
    private const long Seed = 20_240_108;

    private readonly HostKind _kind = asked.Language == "python" ? HostKind.Python : HostKind.CSharp;
    private readonly List<StrategyProblem> _problems = [];
    private readonly Dictionary<string, string> _checks = new(StringComparer.Ordinal);
    private byte[] _code = [];
    private LoadedFrame? _loaded;
    private DryRunSummary? _dryRun;

    /// <summary>Does it.</summary>
    /// <exception cref="HostFailedException">Strategies can't run here at all; nothing is said about this one.</exception>
    public async Task<ValidationReport> RunAsync(CancellationToken cancellationToken)
    {
        if (programs.Missing(_kind) is { } missing)
        {
            throw new HostFailedException(new HostFailure(HostFailure.RuntimeUnavailable, $"Strategies can't run here: {missing}."));
        }

        if (await CompileAsync(cancellationToken))
        {
            progress.Report(0.2);
            await TryAsync(cancellationToken);
        }

        return new ValidationReport(
            !_problems.Exists(problem => problem.Severity == StrategyProblem.Error),
            _loaded?.Name,
            _loaded?.WarmUp,
            _loaded?.Parameters ?? [],
            [.. _problems.OrderBy(Rank).ThenBy(problem => problem.Line ?? int.MaxValue).ThenBy(problem => problem.Column).Take(MostProblems)],
            [
                .. new[] { ValidationCheck.Compile, ValidationCheck.Static, ValidationCheck.DryRun, ValidationCheck.LookAhead }
                    .Select(name => new ValidationCheck(name, _checks.GetValueOrDefault(name, ValidationCheck.Skipped))),
            ],
            _dryRun);
    }

    private async Task<bool> CompileAsync(CancellationToken cancellationToken)
    {
        if (_kind == HostKind.Python)
        {
            _code = Encoding.UTF8.GetBytes(asked.Code);
            return true;
        }

        var result = await compiler.CompileAsync(userId, asked.Code, cancellationToken);
        if (result.Failure is not { } failure)
        {
            _code = result.Assembly!;
            return true;
        }

        if (failure.Code is HostFailure.SandboxUnavailable or HostFailure.RuntimeUnavailable)
        {
            throw new HostFailedException(failure);
        }

        _checks[ValidationCheck.Compile] = ValidationCheck.Failed;
        if (result.Errors is { Count: > 0 } errors)
        {
            _problems.AddRange(errors.Select(error => At(error, StrategyProblem.Error, ValidationCheck.Compile)));
        }
        else
        {
            Add(failure, ValidationCheck.Compile);
        }

        return false;
    }

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        Trial whole;
        IReadOnlyList<BarValues> warm, bars;
        string source;
        try
        {
            var (host, loaded) = await StartAsync(check: true, cancellationToken);
            await using (host)
            {
                _loaded = loaded;
                _checks[ValidationCheck.Compile] = ValidationCheck.Passed;
                _checks[ValidationCheck.Static] = ValidationCheck.Passed;
                _problems.AddRange((loaded.Problems ?? []).Select(found => At(found, StrategyProblem.Warning, ValidationCheck.Static)));
                NoteSubscriptions(loaded);
                progress.Report(0.3);
                (source, warm, bars) = await BarsAsync(Math.Clamp(loaded.WarmUp, 0, HostProtocol.MaxWarmUp), cancellationToken);
                whole = new Trial(host, asked.Symbol, Cash);
                await whole.RunAsync(warm, bars, BarsPerChunk, done => progress.Report(0.3 + (0.35 * done / bars.Count)), cancellationToken);
            }
        }
        catch (HostFailedException failed) when (failed.Failure.Code is HostFailure.SandboxUnavailable or HostFailure.RuntimeUnavailable)
        {
            throw;
        }
        catch (HostFailedException failed)
        {
            var check = _loaded is null ? ValidationCheck.Compile : ValidationCheck.DryRun;
            _checks[check] = ValidationCheck.Failed;
            Add(failed.Failure, check);
            return;
        }

        _checks[ValidationCheck.DryRun] = ValidationCheck.Passed;
        _dryRun = new DryRunSummary(source, bars.Count, whole.Signals.Count, whole.Fills, whole.Refused);
        if (whole.Signals.Count == 0)
        {
            _problems.Add(new StrategyProblem(
                null, null, "SF0204", $"It emitted no signal over {bars.Count} bars. That may be as it should be; look at its rule if not.",
                StrategyProblem.Info, ValidationCheck.DryRun));
        }

        await CompareAsync(whole, warm, bars, cancellationToken);
    }

    // Bar by bar, so that there is no more of the market in the cage than a session would have given it by then.
    private async Task CompareAsync(Trial whole, IReadOnlyList<BarValues> warm, IReadOnlyList<BarValues> bars, CancellationToken cancellationToken)
    {
        // Two thirds: late enough that most of what a strategy does has happened, with enough left to have looked ahead to.
        var cut = bars.Count * 2 / 3;
        IReadOnlyList<TrialSignal> before = [.. whole.Signals.TakeWhile(signal => signal.Bar < cut)];
        try
        {
            var truncated = await RepeatAsync(warm, [.. bars.Take(cut)], 1, 0.65, cancellationToken);
            if (FirstDifference(before, truncated) is not { } difference)
            {
                _checks[ValidationCheck.LookAhead] = ValidationCheck.Passed;
                return;
            }

            _checks[ValidationCheck.LookAhead] = ValidationCheck.Failed;
            var again = await RepeatAsync(warm, bars, BarsPerChunk, 0.85, cancellationToken);
            _problems.Add(FirstDifference(whole.Signals, again) is { } unlike
                ? new StrategyProblem(
                    null, null, "SF0201",
                    $"It does not repeat itself: run twice on the same bars, {unlike}. Take chance from the seeded random numbers and time from the event's clock.",
                    StrategyProblem.Error, ValidationCheck.LookAhead)
                : new StrategyProblem(
                    null, null, "SF0200",
                    $"It looks ahead: with {bars.Count - cut} more bars to come, {difference}. No session will know these bars either.",
                    StrategyProblem.Error, ValidationCheck.LookAhead));
        }
        catch (HostFailedException failed)
        {
            _checks[ValidationCheck.LookAhead] = ValidationCheck.Failed;
            Add(failed.Failure, ValidationCheck.LookAhead);
        }
    }

    private async Task<IReadOnlyList<TrialSignal>> RepeatAsync(
        IReadOnlyList<BarValues> warm, IReadOnlyList<BarValues> bars, int chunk, double from, CancellationToken cancellationToken)
    {
        var (host, _) = await StartAsync(check: false, cancellationToken);
        await using (host)
        {
            var trial = new Trial(host, asked.Symbol, Cash);
            await trial.RunAsync(warm, bars, chunk, done => progress.Report(from + (0.15 * done / bars.Count)), cancellationToken);
            return trial.Signals;
        }
    }

    private Task<(AskedHost Host, LoadedFrame Loaded)> StartAsync(bool check, CancellationToken cancellationToken) => AskedHost.StartAsync(
        services,
        spawner,
        programs.Command(_kind),
        _kind,
        new LoadFrame(
            asked.Symbol, Symbols.ClassOf(asked.Symbol) == AssetClass.Crypto ? "crypto" : "stock", asked.Parameters, Seed, (double)Cash,
            PositionQuantity: 0, PositionAveragePrice: 0, Check: check),
        _code,
        cancellationToken);

    private async Task<(string Source, IReadOnlyList<BarValues> Warm, IReadOnlyList<BarValues> Bars)> BarsAsync(int warmUp, CancellationToken cancellationToken)
    {
        var stored = await services.BarStore.ReadHistoryAsync(asked.Symbol, services.Clock.GetUtcNow(), warmUp + TrialLength, cancellationToken);
        var isStored = stored.Count >= warmUp + LeastStored;
        var all = isStored ? stored : TrialBars.Make(warmUp + TrialLength, Symbols.ClassOf(asked.Symbol) == AssetClass.Crypto);
        return (isStored ? "stored" : "synthetic", [.. all.Take(warmUp)], [.. all.Skip(warmUp)]);
    }

    private void NoteSubscriptions(LoadedFrame loaded)
    {
        string[] others = [.. (loaded.Subscriptions ?? []).Select(wanted => wanted.Symbol).Where(symbol => symbol != asked.Symbol).Distinct(StringComparer.Ordinal)];
        if (others.Length > 0)
        {
            _problems.Add(new StrategyProblem(
                null, null, "SF0203", $"The dry run feeds {asked.Symbol} alone; what it does with {string.Join(", ", others)} is not examined.",
                StrategyProblem.Info, ValidationCheck.DryRun));
        }
    }

    /// <summary>The first place at which two rows of signals part, as a sentence; null when they are the same.</summary>
    internal static string? FirstDifference(IReadOnlyList<TrialSignal> whole, IReadOnlyList<TrialSignal> other)
    {
        for (var i = 0; i < Math.Max(whole.Count, other.Count); i++)
        {
            if (i < whole.Count && i < other.Count && whole[i] == other[i])
            {
                continue;
            }

            var bar = Math.Min(i < whole.Count ? whole[i].Bar : int.MaxValue, i < other.Count ? other[i].Bar : int.MaxValue);
            return string.Create(CultureInfo.InvariantCulture, $"bar {bar + 1} gives {Said(whole, i, bar)} instead of {Said(other, i, bar)}");
        }

        return null;
    }

    private static string Said(IReadOnlyList<TrialSignal> signals, int place, int bar) =>
        place < signals.Count && signals[place].Bar == bar ? signals[place].Short : "nothing";

    private void Add(HostFailure failure, string check)
    {
        var place = Place().Match(failure.Detail);
        _problems.Add(new StrategyProblem(
            Number(place.Groups["line"]), Number(place.Groups["column"]), failure.Code, failure.Detail, StrategyProblem.Error, check));
    }

    private static int? Number(Group group) =>
        int.TryParse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    private static StrategyProblem At(SourceProblem found, string severity, string check) => new(
        found.Line > 0 ? found.Line : null, found.Column > 0 ? found.Column : null, HostFailure.Readable(found.Id, 40), HostFailure.Readable(found.Message),
        severity, check);

    private static int Rank(StrategyProblem problem) => problem.Severity switch
    {
        StrategyProblem.Error => 0,
        StrategyProblem.Warning => 1,
        _ => 2,
    };

    // How hosts word it: "KeyError in on_bar, line 12: 'x'", "line 3, column 9: invalid syntax".
    [GeneratedRegex(@"^(?:[\w.]+ in [^,\n]+, )?line (?<line>[0-9]{1,7})(?:, column (?<column>[0-9]{1,7}))?: ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Place();
}
