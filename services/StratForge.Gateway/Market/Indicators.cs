using System.ComponentModel;
using StratForge.Gateway.Hosting;
using StratForge.Strategies;

namespace StratForge.Gateway.Market;

/// <summary>Which indicator over which bars; the bars as in <see cref="CandlesQuery"/>.</summary>
internal sealed record IndicatorQuery : IValidated
{
    private const int MostBars = 5_000;

    [Description("As the venue spells it: SPY, BTC/USD.")]
    public string? Symbol { get; init; }

    [Description("1m (default), 5m, 15m, 1h, 4h or 1d.")]
    public string? Timeframe { get; init; }

    [Description("Its name, as /api/market-data/indicators/kinds lists it: sma, macd.")]
    public string? Indicator { get; init; }

    [Description("12,26,9 in the order of its parameters, or fast=12,slow=26; defaults for what is left out.")]
    public string? Params { get; init; }

    [Description("First start of a bar.")]
    public Moment? Start { get; init; }

    [Description("Last start of a bar.")]
    public Moment? End { get; init; }

    [Description("Bars that start before this.")]
    public Moment? Before { get; init; }

    [Description("1 to 5,000 bars; 1,500 if not given.")]
    public int? Limit { get; init; }

    /// <summary>The bars that the answer shows.</summary>
    public CandlesQuery Bars => new() { Symbol = Symbol, Timeframe = Timeframe, Start = Start, End = End, Before = Before, Limit = Limit };

    public void Validate(FieldErrors errors)
    {
        Bars.Validate(errors);
        if (Limit > MostBars)
        {
            errors.Add("limit", $"may be 1 to {MostBars}.");
        }

        if (Indicator is null || IndicatorCatalog.Find(Indicator) is null)
        {
            errors.Add("indicator", $"may be {string.Join(", ", IndicatorCatalog.All.Select(kind => kind.Name))}.");
        }
    }
}

/// <summary>Values of an indicator, one for each bar, oldest first.</summary>
/// <param name="Symbol">The symbol.</param>
/// <param name="Timeframe">Length of a bar.</param>
/// <param name="Indicator">Its name.</param>
/// <param name="Params">What it was made of, defaults included.</param>
/// <param name="T">Start of each bar, seconds since 1970 UTC.</param>
/// <param name="Lines">Its lines by name, <c>value</c> first; null where it was not ready.</param>
public sealed record IndicatorResponse(
    string Symbol,
    string Timeframe,
    string Indicator,
    IReadOnlyDictionary<string, double> Params,
    IReadOnlyList<long> T,
    IReadOnlyDictionary<string, IReadOnlyList<double?>> Lines);

/// <summary>The indicators there are.</summary>
/// <param name="Items">By name.</param>
public sealed record IndicatorKinds(IReadOnlyList<IndicatorKindView> Items);

/// <summary>One kind of indicator.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameters">What it is made of, in order.</param>
/// <param name="Lines">What it tells of each bar, <c>value</c> first.</param>
public sealed record IndicatorKindView(string Name, IReadOnlyList<IndicatorParameter> Parameters, IReadOnlyList<string> Lines);

/// <summary>Runs an indicator over stored bars: the very code that strategies run.</summary>
internal sealed class IndicatorDesk(CandleStore candles)
{
    // Averages that weigh all of the past forget all but a trace of it within a few of their lengths.
    private const int WarmUps = 4;

    /// <summary>The values, or what is wrong with the parameters.</summary>
    public async Task<(IndicatorResponse? Response, string? Fault)> RunAsync(IndicatorQuery query, CancellationToken cancellationToken)
    {
        var kind = IndicatorCatalog.Find(query.Indicator!)!;
        var (indicator, values, fault) = kind.Create(query.Params);
        if (indicator is null)
        {
            return (null, fault);
        }

        var shown = await candles.ReadAsync(query.Bars, cancellationToken);
        List<Bar> bars = [.. BarsOf(shown)];
        var warmUp = Math.Min(indicator.WarmUp * WarmUps, CandlesQuery.MostBars);
        if (bars.Count > 0 && warmUp > 0)
        {
            var earlier = query.Bars with { Start = null, End = null, Before = new Moment(bars[0].OpensAt), Limit = warmUp };
            bars.InsertRange(0, BarsOf(await candles.ReadAsync(earlier, cancellationToken)));
        }

        var series = kind.LinesOf(indicator).ToArray();
        var lines = kind.Lines.ToDictionary(name => name, _ => new List<double?>(shown.T.Count), StringComparer.Ordinal);
        var first = bars.Count - shown.T.Count;
        for (var place = 0; place < bars.Count; place++)
        {
            indicator.Update(bars[place]);
            if (place >= first)
            {
                foreach (var (name, line) in kind.Lines.Zip(series))
                {
                    lines[name].Add(double.IsFinite(line.Value) ? line.Value : null);
                }
            }
        }

        return (new IndicatorResponse(
            shown.Symbol,
            shown.Timeframe,
            kind.Name,
            values,
            shown.T,
            lines.ToDictionary(line => line.Key, line => (IReadOnlyList<double?>)line.Value, StringComparer.Ordinal)), null);
    }

    private static IEnumerable<Bar> BarsOf(CandlesResponse candles) => candles.T.Select((start, place) => new Bar(
        candles.Symbol, start * 1_000, candles.O[place], candles.H[place], candles.L[place], candles.C[place], candles.V[place]));
}
