using StratForge.Alpaca;
using StratForge.Contracts.Market;

namespace StratForge.Gateway.Market;

/// <summary>The broker's past bars.</summary>
internal interface IBarHistory
{
    /// <summary>Bars of one symbol from <paramref name="from"/> to <paramref name="to"/>, both included, page by page in order of time.</summary>
    /// <exception cref="AlpacaException">The broker refuses, or does not answer.</exception>
    IAsyncEnumerable<IReadOnlyList<HistoricBar>> ReadAsync(
        string symbol, string timeframe, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);
}

/// <summary>Those of Alpaca's market-data API.</summary>
internal sealed class AlpacaBarHistory(AlpacaDataClient data) : IBarHistory
{
    public async IAsyncEnumerable<IReadOnlyList<HistoricBar>> ReadAsync(
        string symbol,
        string timeframe,
        DateTimeOffset from,
        DateTimeOffset to,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = new AlpacaBarQuery([symbol], from, to, timeframe == "1d" ? "1Day" : "1Min");
        await foreach (var (_, bars) in data.ListBarsAsync(Symbols.ClassOf(symbol), query, cancellationToken))
        {
            yield return [.. bars.Select(bar => new HistoricBar(symbol, bar.Time, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume))];
        }
    }
}
