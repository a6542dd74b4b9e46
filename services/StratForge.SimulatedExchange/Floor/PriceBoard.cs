using StratForge.SimulatedExchange.Market;
using StratForge.Trading.Matching;

namespace StratForge.SimulatedExchange.Floor;

/// <summary>Where every symbol stands: its last price and the quote around it.</summary>
/// <param name="spreadBps">Width of the quote, basis points of the price.</param>
internal sealed class PriceBoard(decimal spreadBps)
{
    private readonly Dictionary<string, decimal> _last = new(StringComparer.Ordinal);

    /// <summary>The last price of a symbol that has one.</summary>
    public decimal this[string symbol] => _last[symbol];

    public void Move(Instrument instrument, decimal price) => _last[instrument.Symbol] = price;

    /// <summary>The last price, or null before the first.</summary>
    public decimal? Last(Instrument instrument) => _last.TryGetValue(instrument.Symbol, out var price) ? price : null;

    public TopOfBook? Quote(Instrument instrument) => Last(instrument) is { } last ? Around(last, instrument) : null;

    public TopOfBook Around(decimal price, Instrument instrument) => TopOfBook.Around(price, spreadBps, instrument.Tick);
}
