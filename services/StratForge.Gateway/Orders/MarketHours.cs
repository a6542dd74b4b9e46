using StratForge.Alpaca;
using StratForge.Contracts.Market;
using StratForge.Gateway.Broker;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Orders;

/// <summary>Until when stocks trade, as the venue's clock says; asked for now and then.</summary>
internal sealed partial class MarketHours(IBroker broker, TimeProvider clock, ILogger<MarketHours> logger) : BackgroundService
{
    // Two requests a minute of the budget's 200. A market that runs sixty times as fast closes every 24 minutes.
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private volatile AlpacaClock? _clock;

    /// <summary>When an order's time runs out, on the market's clock; null when it does not, or when nobody knows yet.</summary>
    /// <remarks>An order for the day that comes after the close is one for the next day.</remarks>
    public DateTimeOffset? ExpiryOf(OrderTerms terms) =>
        terms.TimeInForce == "day" && Symbols.IsWellFormed(terms.Symbol) && Symbols.ClassOf(terms.Symbol) == AssetClass.Stock ? _clock?.NextClose.ToUniversalTime() : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = AskEvery;
            try
            {
                _clock = await broker.GetClockAsync(stoppingToken);
            }
            catch (AlpacaException exception)
            {
                LogNotRead(exception.Message);
                wait = RetryAfter;
            }

            await Task.Delay(wait, clock, stoppingToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The venue's clock can't be read: {Reason}")]
    private partial void LogNotRead(string reason);
}
