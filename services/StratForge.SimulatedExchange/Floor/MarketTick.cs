using StratForge.SimulatedExchange.Market;
using StratForge.Trading.Matching;

namespace StratForge.SimulatedExchange.Floor;

/// <summary>One piece of market data at the moment it becomes known.</summary>
internal abstract record MarketTick(Instrument Instrument)
{
    /// <summary>A trade.</summary>
    public sealed record Trade(Instrument Instrument, DateTimeOffset At, decimal Price, decimal Size) : MarketTick(Instrument);

    /// <summary>A new quote.</summary>
    public sealed record Quote(Instrument Instrument, DateTimeOffset At, TopOfBook Top) : MarketTick(Instrument);

    /// <summary>A new order book, of a coin.</summary>
    public sealed record Book(Instrument Instrument, DateTimeOffset At, TopOfBook Top) : MarketTick(Instrument);

    /// <summary>A minute that has just ended.</summary>
    public sealed record MinuteBar(Instrument Instrument, PriceBar Bar) : MarketTick(Instrument);

    /// <summary>Trading in a stock stopped, or goes on.</summary>
    /// <param name="Instrument">The stock.</param>
    /// <param name="At">When.</param>
    /// <param name="Code"><c>H</c> halt, <c>T</c> trading.</param>
    /// <param name="Message">The same in words.</param>
    /// <param name="ReasonCode">Of a halt.</param>
    /// <param name="Reason">The same in words.</param>
    public sealed record Status(
        Instrument Instrument, DateTimeOffset At, string Code, string Message, string ReasonCode, string Reason) : MarketTick(Instrument);

    /// <summary>The day's bar so far.</summary>
    public sealed record DayBar(Instrument Instrument, PriceBar Bar) : MarketTick(Instrument);
}

/// <summary>Where market data goes.</summary>
internal interface IMarketAudience
{
    /// <summary>Whether anyone listens to the day bars of a symbol, which cost more than the others to make.</summary>
    bool WantsDayBars(Instrument instrument);

    /// <summary>Whether anyone listens to the order book of a symbol.</summary>
    bool WantsOrderBooks(Instrument instrument);

    /// <summary>Whether anyone listens to the minute bars of any symbol.</summary>
    bool WantsMinuteBars { get; }

    void Tell(IReadOnlyList<MarketTick> ticks);
}
