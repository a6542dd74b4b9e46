using StratForge.Contracts.Hosting;

namespace StratForge.Contracts.Validation;

/// <summary>What an examination found. docs/sessions.md says what each check does.</summary>
/// <param name="Ok">Whether there is no problem of severity <c>error</c>.</param>
/// <param name="Strategy">Name of its class; null when it could not be built.</param>
/// <param name="WarmUp">Bars its indicators want before the first call; null when it could not be built.</param>
/// <param name="Parameters">Its parameters as declared.</param>
/// <param name="Problems">What is wrong or odd, errors first, then by line; at most 50.</param>
/// <param name="Checks">The checks in their order.</param>
/// <param name="DryRun">What it did in the dry run; null when that was not reached.</param>
public sealed record ValidationReport(
    bool Ok,
    string? Strategy,
    int? WarmUp,
    IReadOnlyList<ParameterDescription> Parameters,
    IReadOnlyList<StrategyProblem> Problems,
    IReadOnlyList<ValidationCheck> Checks,
    DryRunSummary? DryRun);

/// <summary>Something wrong or odd in a strategy, at its place.</summary>
/// <param name="Line">From 1; null when it belongs to no place.</param>
/// <param name="Column">From 1; null when only the line is known.</param>
/// <param name="Code">The compiler's code (<c>CS0103</c>), a failure's (<c>STRATEGY_ERROR</c>) or ours (<c>SF0200</c>).</param>
/// <param name="Message">What is wrong, for the strategy's author.</param>
/// <param name="Severity"><c>error</c>, <c>warning</c> or <c>info</c>.</param>
/// <param name="Check">The check that found it: <c>compile</c>, <c>static</c>, <c>dry-run</c> or <c>look-ahead</c>.</param>
public sealed record StrategyProblem(int? Line, int? Column, string Code, string Message, string Severity, string Check)
{
    /// <summary>It can't run like this.</summary>
    public const string Error = "error";

    /// <summary>It runs, but hardly as its author means it.</summary>
    public const string Warning = "warning";

    /// <summary>Worth knowing.</summary>
    public const string Info = "info";
}

/// <summary>One check and how it ended.</summary>
/// <param name="Name"><c>compile</c>, <c>static</c>, <c>dry-run</c> or <c>look-ahead</c>.</param>
/// <param name="State"><c>passed</c>, <c>failed</c> or <c>skipped</c>: an earlier one failed.</param>
public sealed record ValidationCheck(string Name, string State)
{
    /// <summary>Compilation, or building it.</summary>
    public const string Compile = "compile";

    /// <summary>A look at the source.</summary>
    public const string Static = "static";

    /// <summary>Bars, fills and its own orders, as a session would feed them.</summary>
    public const string DryRun = "dry-run";

    /// <summary>Whether it knows what it can't know yet.</summary>
    public const string LookAhead = "look-ahead";

    /// <summary>No error.</summary>
    public const string Passed = "passed";

    /// <summary>An error.</summary>
    public const string Failed = "failed";

    /// <summary>Not done, for an earlier one failed.</summary>
    public const string Skipped = "skipped";
}

/// <summary>What a strategy did in its dry run.</summary>
/// <param name="Source"><c>stored</c> bars of its symbol, or a <c>synthetic</c> market where too few are stored.</param>
/// <param name="Bars">Bars it was fed, warm-up not counted.</param>
/// <param name="Signals">Signals it emitted.</param>
/// <param name="Fills">Orders that were filled.</param>
/// <param name="Refused">Signals that money or units did not suffice for.</param>
public sealed record DryRunSummary(string Source, int Bars, int Signals, int Fills, int Refused);
