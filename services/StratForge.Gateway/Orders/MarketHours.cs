using StratForge.Alpaca;
using StratForge.Contracts.Calendar;
using StratForge.Contracts.Market;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Market;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Orders;

/// <summary>Until when stocks trade, as the venue's clock says; asked for now and then, and when the market has come to the close that is known. While the
/// venue does not answer, as the exchanges' calendar says at the time of the newest price.</summary>
internal sealed partial class MarketHours(IBroker broker, LastPrices prices, TimeProvider clock, ILogger<MarketHours> logger) : BackgroundService
{
    // Two requests a minute of the budget's 200. A market that runs sixty times as fast closes every 24 minutes.
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    // Who places an order is not to wait longer for a venue that does not answer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _asking = new();
    private Task _asked = Task.CompletedTask;
    private long? _askedAt;
    private volatile AlpacaClock? _clock;

    /// <summary>The next close on the market's clock; null while nobody knows: the venue has not answered yet, and no price came.</summary>
    public DateTimeOffset? NextClose =>
        KnownClose is { } close ? close : prices.MarketTime is { } at ? TradingCalendar.NextCloseAfter(at) : null;

    /// <summary>When an order's time runs out, on the market's clock; null when it does not, or when nobody knows yet: then
    /// <see cref="DayEnds"/> sets it.</summary>
    /// <remarks>An order for the day that comes after the close is one for the next day.</remarks>
    public DateTimeOffset? ExpiryOf(OrderTerms terms) => EndsWithTheDay(terms) ? NextClose : null;

    /// <summary>The same, once the venue was asked where that is needed: nobody knows yet, or the close that is known has passed.</summary>
    /// <param name="terms">The order.</param>
    /// <param name="cancellationToken">The caller's patience.</param>
    public ValueTask<DateTimeOffset?> FindExpiryAsync(OrderTerms terms, CancellationToken cancellationToken) =>
        !EndsWithTheDay(terms) ? ValueTask.FromResult<DateTimeOffset?>(null)
        : KnownClose is { } close ? ValueTask.FromResult<DateTimeOffset?>(close)
        : AskForAsync(terms, cancellationToken);

    /// <summary>Asks the venue if <see cref="ExpiryOf"/> could not tell the end of the day that is now.</summary>
    public Task EnsureKnownAsync(CancellationToken cancellationToken) => IsKnown ? Task.CompletedTask : AskAsync(cancellationToken);

    private bool IsKnown => KnownClose is not null;

    private DateTimeOffset? KnownClose => _clock is { } known && !prices.HasReached(known.NextClose) ? known.NextClose.ToUniversalTime() : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(await TryReadAsync(stoppingToken) ? AskEvery : RetryAfter, clock, stoppingToken);
        }
    }

    private async ValueTask<DateTimeOffset?> AskForAsync(OrderTerms terms, CancellationToken cancellationToken)
    {
        await AskAsync(cancellationToken);
        return ExpiryOf(terms);
    }

    private Task AskAsync(CancellationToken cancellationToken)
    {
        lock (_asking)
        {
            // A venue that does not answer, or says the same again, is not asked by every order.
            if (_asked.IsCompleted && (_askedAt is not { } last || clock.GetElapsedTime(last) >= RetryAfter))
            {
                _askedAt = clock.GetTimestamp();
                _asked = AskAsync();
            }

            return _asked.WaitAsync(cancellationToken);
        }
    }

    // One answer for all who wait: none of them can end it by giving up.
    private async Task AskAsync()
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        try
        {
            await TryReadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            LogNotRead($"no answer within {Patience}");
        }

        lock (_asking)
        {
            _askedAt = IsKnown ? null : _askedAt;
        }
    }

    private async Task<bool> TryReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            _clock = await broker.GetClockAsync(cancellationToken);
            return true;
        }
        catch (AlpacaException exception)
        {
            LogNotRead(exception.Message);
            return false;
        }
    }

    private static bool EndsWithTheDay(OrderTerms terms) =>
        terms.TimeInForce == "day" && Symbols.IsWellFormed(terms.Symbol) && Symbols.ClassOf(terms.Symbol) == AssetClass.Stock;

    [LoggerMessage(LogLevel.Warning, "The venue's clock can't be read: {Reason}")]
    private partial void LogNotRead(string reason);
}
