using System.ComponentModel;
using StratForge.Contracts.Market;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Market;

/// <summary>How far bars are that somebody fetches from the broker or brings in a file.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind"><c>download</c> or <c>import</c>.</param>
/// <param name="Status"><c>QUEUED</c>, <c>RUNNING</c>, <c>COMPLETED</c>, <c>FAILED</c> or <c>CANCELED</c>.</param>
/// <param name="Symbols">Of a download: what is fetched; of an import: the symbols that the file has shown so far.</param>
/// <param name="Timeframe"><c>1m</c> or <c>1d</c>.</param>
/// <param name="Start">Of a download: the first start of a bar.</param>
/// <param name="End">Of a download: the last.</param>
/// <param name="Progress">Of a download: 0 to 1. A file does not say how long it is.</param>
/// <param name="Lines">Bars that the broker sent, or lines of the file, so far.</param>
/// <param name="Stored">Those that are new.</param>
/// <param name="Known">Those that were there.</param>
/// <param name="Rejected">Those that cannot be true.</param>
/// <param name="Problems">The first hundred of them.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="EndedAt">When it was over.</param>
public sealed record MarketJob(
    Guid Id,
    string Kind,
    string Status,
    IReadOnlyList<string> Symbols,
    string Timeframe,
    DateTimeOffset? Start,
    DateTimeOffset? End,
    double? Progress,
    long Lines,
    long Stored,
    long Known,
    long Rejected,
    IReadOnlyList<LineProblem> Problems,
    string? Error,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EndedAt);

/// <summary>What is wrong with one line.</summary>
/// <param name="Line">Counted from 1, the heading included; of a download the bar's place.</param>
/// <param name="Error">What it is.</param>
public sealed record LineProblem(long Line, string Error);

/// <summary>Jobs of the caller.</summary>
/// <param name="Items">Newest first, a hundred at most.</param>
public sealed record MarketJobList(IReadOnlyList<MarketJob> Items);

/// <summary>Which bars to fetch from the broker.</summary>
/// <param name="Symbols">1 to 50 of them.</param>
/// <param name="Start">First start of a bar.</param>
/// <param name="End">Last start of a bar; now if not given.</param>
/// <param name="Timeframe"><c>1m</c> (default) or <c>1d</c>.</param>
public sealed record DownloadRequest(
    [property: Description("1 to 50 symbols: SPY, BTC/USD.")] IReadOnlyList<string>? Symbols,
    [property: Description("First start of a bar.")] DateTimeOffset? Start,
    [property: Description("Last start of a bar; now if not given.")] DateTimeOffset? End = null,
    [property: Description("1m (default) or 1d.")] string? Timeframe = null) : IValidated
{
    private const int MostSymbols = 50;

    // Five years of minutes of one stock are half a million bars and fifty requests.
    private static readonly TimeSpan LongestOfMinutes = TimeSpan.FromDays(5 * 366);

    /// <summary>What is wrong with the start; null when nothing is.</summary>
    /// <param name="end">Last start of a bar: the given one, or now.</param>
    internal string? FaultOfStart(DateTimeOffset end) =>
        Start > end ? "lies in the future."
        : Timeframe != "1d" && end - Start > LongestOfMinutes ? "may lie five years before end for 1m; ask for 1d, or for less at a time."
        : null;

    /// <inheritdoc/>
    public void Validate(FieldErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (Symbols is not { Count: > 0 and <= MostSymbols } || !Symbols.All(Contracts.Market.Symbols.IsWellFormed))
        {
            errors.Add("symbols", $"takes 1 to {MostSymbols} symbols, spelled AAPL or BTC/USD.");
        }

        if (Start is null)
        {
            errors.Add("start", "is required.");
        }

        if (End < Start)
        {
            errors.Add("end", "may not lie before start.");
        }

        if (Timeframe is not (null or "1m" or "1d"))
        {
            errors.Add("timeframe", "may be 1m or 1d; longer bars than minutes are made of them.");
        }
    }
}

/// <summary>How to read a file of bars.</summary>
internal sealed record ImportQuery : IValidated
{
    [Description("Of every line, if the file has no column for it.")]
    public string? Symbol { get; init; }

    [Description("1m (default) or 1d.")]
    public string? Timeframe { get; init; }

    [Description("Whether bars of the file replace imported or fetched ones; streamed bars stay in any case.")]
    public bool? Overwrite { get; init; }

    public string TimeframeOrDefault => Timeframe ?? "1m";

    public void Validate(FieldErrors errors)
    {
        if (Symbol is not null && !Symbols.IsWellFormed(Symbol))
        {
            errors.Add("symbol", "is not a symbol: stocks are spelled AAPL or BRK.B, crypto BTC/USD, in capitals.");
        }

        if (TimeframeOrDefault is not ("1m" or "1d"))
        {
            errors.Add("timeframe", "may be 1m or 1d; longer bars than minutes are made of them.");
        }
    }
}
