using System.Globalization;
using StackExchange.Redis;
using StratForge.Contracts;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Market;
using StratForge.Trading.Risk;

namespace StratForge.Gateway.Risk;

/// <summary>Says what an order is measured against, and changes that.</summary>
internal sealed partial class RiskDesk(
    RiskStore store, RiskBooks books, LastPrices prices, DayPnl dayPnl, IConnectionMultiplexer redis, ILogger<RiskDesk> logger) : IRiskDesk
{
    public RiskTerms TermsFor(Guid userId, Guid? sessionId, string symbol, DateTimeOffset now)
    {
        var book = books.Current;
        var limits = book.EffectiveOf(userId);
        return Terms(
            limits, book.SwitchesOf(userId, sessionId).Strictest, symbol, now, limits.MaxDailyLoss is null ? 0 : dayPnl.Of(userId));
    }

    public RiskTerms ClosingTermsFor(Guid userId, Guid? sessionId, string symbol, DateTimeOffset now)
    {
        var switches = books.Current.SwitchesOf(userId, sessionId);
        return Terms(RiskLimits.Unlimited, switches.MayClose ? TradingMode.ReduceOnly : switches.Strictest, symbol, now, 0);
    }

    /// <summary>Lays limits down. They hold here when this returns, and elsewhere a moment later.</summary>
    public async Task<RiskBook> SetLimitsAsync(LimitsKey key, RiskLimits limits, Guid actorId, CancellationToken cancellationToken) =>
        await TellAsync(await store.SetLimitsAsync(key, limits, actorId, cancellationToken), cancellationToken);

    /// <summary>Sets a switch. It holds here when this returns, and elsewhere a moment later.</summary>
    public async Task<RiskBook> SetModeAsync(
        SwitchKey key, TradingMode mode, string? reason, Guid actorId, CancellationToken cancellationToken) =>
        await TellAsync(await store.SetModeAsync(key, mode, reason, actorId, cancellationToken), cancellationToken);

    /// <summary>Takes in a change that was committed, and has other gateways do the same.</summary>
    public async Task<RiskBook> TellAsync(long? change, CancellationToken cancellationToken)
    {
        var book = await books.RefreshAsync(cancellationToken);
        if (change is { } number)
        {
            try
            {
                redis.GetSubscriber().Publish(
                    new RedisChannel(Topics.RiskChanges, RedisChannel.PatternMode.Literal), number.ToString(CultureInfo.InvariantCulture),
                    CommandFlags.FireAndForget);
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                LogNotTold(number, exception.Message);
            }
        }

        return book;
    }

    private RiskTerms Terms(RiskLimits limits, TradingMode mode, string symbol, DateTimeOffset now, decimal pnl) =>
        prices.Peek(symbol) is { } last
            ? new RiskTerms(limits, mode, last.Price, AgeOf(last, now), pnl)
            : new RiskTerms(limits, mode, null, null, pnl);

    // A price of the bus is as old as our memory of it, however fast the market's clock runs. One that was read from a stored bar is as
    // far behind as the market has come since; with no market to be heard nobody knows.
    private TimeSpan? AgeOf(LastPrice last, DateTimeOffset now) =>
        prices.HeardAt(last.Symbol) is { } heardAt ? Longer(now - heardAt)
        : prices.MarketTime is { } marketTime ? Longer(marketTime - last.At)
        : null;

    private static TimeSpan Longer(TimeSpan age) => age > TimeSpan.Zero ? age : TimeSpan.Zero;

    [LoggerMessage(LogLevel.Warning, "Other gateways see change {Change} of limits and switches at their next look: {Reason}")]
    private partial void LogNotTold(long change, string reason);
}
