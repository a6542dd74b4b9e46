using System.Collections.Immutable;
using StratForge.SimulatedExchange.Market;

namespace StratForge.SimulatedExchange.Streams;

/// <summary>What one kind of data endpoint tells of, and what it calls its channels.</summary>
/// <param name="Channels">Every channel, in the order of the acknowledgement.</param>
/// <param name="Carries">Whether an instrument belongs here.</param>
/// <param name="Spells">Whether a symbol is spelled as it is here.</param>
internal sealed record DataFeedKind(ImmutableArray<string> Channels, Func<Instrument, bool> Carries, Func<string, bool> Spells)
{
    public static readonly DataFeedKind Stocks = new(
        ["trades", "quotes", "bars", "updatedBars", "dailyBars", "statuses", "lulds", "corrections", "cancelErrors"],
        instrument => !instrument.IsCrypto && instrument.Symbol != TestFeed.Symbol,
        symbol => !symbol.Contains('/', StringComparison.Ordinal));

    public static readonly DataFeedKind Crypto = new(
        ["trades", "quotes", "orderbooks", "bars", "updatedBars", "dailyBars"],
        instrument => instrument.IsCrypto,
        symbol => symbol.Contains('/', StringComparison.Ordinal));

    /// <summary>One made-up symbol, around the clock.</summary>
    public static readonly DataFeedKind Test = new(
        ["trades", "quotes", "bars"],
        instrument => instrument.Symbol == TestFeed.Symbol,
        symbol => !symbol.Contains('/', StringComparison.Ordinal));

    /// <summary>Articles. Nobody writes any about this market.</summary>
    public static readonly DataFeedKind News = new(["news"], _ => false, symbol => !symbol.Contains('/', StringComparison.Ordinal));
}
