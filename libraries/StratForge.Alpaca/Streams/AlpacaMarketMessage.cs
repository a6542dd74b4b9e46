namespace StratForge.Alpaca;

/// <summary>What arrived together, in order.</summary>
/// <param name="ReceivedAt">When the last byte of it was here, on our clock.</param>
/// <param name="Messages">At least one.</param>
public sealed record AlpacaMarketFrame(DateTimeOffset ReceivedAt, IReadOnlyList<AlpacaMarketMessage> Messages);

/// <summary>What a market-data stream says, and what becomes of its connection, in order.</summary>
public abstract record AlpacaMarketMessage
{
    private AlpacaMarketMessage()
    {
    }

    /// <summary>The connection stands and is authenticated; wanted subscriptions have been sent. What the venue said while it did
    /// not stand is lost: read it by REST.</summary>
    /// <param name="Connection">1 for the first connection of this stream, then rising.</param>
    public sealed record Connected(int Connection) : AlpacaMarketMessage;

    /// <summary>The connection ended, or an attempt failed. The next attempt follows by itself.</summary>
    /// <param name="Reason">For a reader.</param>
    public sealed record Lost(string Reason) : AlpacaMarketMessage;

    /// <summary>The venue's full list of what this connection is subscribed to now.</summary>
    public sealed record Subscribed(AlpacaSubscription State) : AlpacaMarketMessage;

    /// <summary>The venue refused something; the connection goes on.</summary>
    /// <param name="Code">405 too many symbols, 400 invalid syntax, 410 channel not offered, ...</param>
    /// <param name="Message">Its text.</param>
    public sealed record Refused(int Code, string Message) : AlpacaMarketMessage;

    /// <summary>A bar.</summary>
    /// <param name="Symbol">The symbol.</param>
    /// <param name="Kind">Which channel it came through.</param>
    /// <param name="Value">The bar.</param>
    public sealed record Bar(string Symbol, AlpacaBarKind Kind, AlpacaBar Value) : AlpacaMarketMessage;

    /// <summary>A trade.</summary>
    public sealed record Trade(string Symbol, AlpacaTrade Value) : AlpacaMarketMessage;

    /// <summary>A quote.</summary>
    public sealed record Quote(string Symbol, AlpacaQuote Value) : AlpacaMarketMessage;

    /// <summary>Trading in a stock stopped, goes on, or something is noted about it.</summary>
    public sealed record Status(string Symbol, AlpacaTradingStatus Value) : AlpacaMarketMessage;

    /// <summary>Messages of this frame were no JSON, or lacked something, and were left out. What they said is to be asked for by REST.</summary>
    /// <param name="Count">One or more.</param>
    public sealed record Unreadable(int Count) : AlpacaMarketMessage;

    /// <summary>A step of the handshake; callers never see it.</summary>
    internal sealed record Success(string Message) : AlpacaMarketMessage;
}

/// <summary>Channel of a streamed bar.</summary>
public enum AlpacaBarKind
{
    /// <summary>A minute that closed.</summary>
    Minute,

    /// <summary>A minute sent before, changed by late trades.</summary>
    Updated,

    /// <summary>The day so far.</summary>
    Daily,
}

/// <summary>Symbols per channel of a market-data stream. <c>*</c> stands for all.</summary>
/// <param name="Trades">Symbols whose trades are wanted.</param>
/// <param name="Quotes">Symbols whose quotes are wanted.</param>
/// <param name="Bars">Symbols whose minute bars are wanted.</param>
/// <param name="UpdatedBars">Symbols whose corrected minute bars are wanted.</param>
/// <param name="DailyBars">Symbols whose daily bars are wanted.</param>
/// <param name="Statuses">Stocks whose trading status is wanted; the crypto feed has no such channel.</param>
public sealed record AlpacaSubscription(
    IReadOnlyCollection<string>? Trades = null,
    IReadOnlyCollection<string>? Quotes = null,
    IReadOnlyCollection<string>? Bars = null,
    IReadOnlyCollection<string>? UpdatedBars = null,
    IReadOnlyCollection<string>? DailyBars = null,
    IReadOnlyCollection<string>? Statuses = null);
