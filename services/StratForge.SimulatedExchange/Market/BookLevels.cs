using StratForge.Trading.Matching;

namespace StratForge.SimulatedExchange.Market;

/// <summary>The order book around a quote: the quote itself and levels a tick apart behind it, each of the same size.</summary>
/// <remarks>Orders fill at the quote whatever their size, so the levels behind it are what a reader of books expects to find, no more.</remarks>
internal static class BookLevels
{
    private const int Depth = 10;

    /// <summary>Prices of the bids, best first.</summary>
    public static IEnumerable<decimal> Bids(Instrument instrument, TopOfBook top) =>
        Enumerable.Range(0, Depth).Select(level => top.Bid - (level * instrument.Tick)).TakeWhile(price => price > 0m);

    /// <summary>Prices of the asks, best first.</summary>
    public static IEnumerable<decimal> Asks(Instrument instrument, TopOfBook top) =>
        Enumerable.Range(0, Depth).Select(level => top.Ask + (level * instrument.Tick));
}
