using StratForge.Contracts.Market;

namespace StratForge.Worker.Market;

/// <summary>A trade or a quote as strategies see it: prices are doubles there.</summary>
/// <param name="IsQuote">Whether it is a quote.</param>
/// <param name="UnixMilliseconds">When the venue says it happened.</param>
/// <param name="Price">Of a trade; the bid of a quote.</param>
/// <param name="Size">Units of that.</param>
/// <param name="Ask">The offer of a quote.</param>
/// <param name="AskSize">Units of that.</param>
internal readonly record struct Tick(bool IsQuote, long UnixMilliseconds, double Price, double Size, double Ask, double AskSize)
{
    public static Tick Of(TradeTick trade) =>
        new(IsQuote: false, trade.Timestamp.ToUnixTimeMilliseconds(), (double)trade.Price, (double)trade.Size, 0, 0);

    public static Tick Of(QuoteTick quote) => new(
        IsQuote: true, quote.Timestamp.ToUnixTimeMilliseconds(), (double)quote.BidPrice, (double)quote.BidSize, (double)quote.AskPrice, (double)quote.AskSize);
}
