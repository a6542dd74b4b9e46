using System.Collections.Frozen;
using StratForge.Alpaca;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Broker;

/// <summary>The instruments the broker lists, read at start and again every hour.</summary>
internal sealed partial class ListedAssets(IBroker broker, TimeProvider clock, ILogger<ListedAssets> logger) : BackgroundService
{
    private static readonly TimeSpan RefreshAfter = TimeSpan.FromHours(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private volatile FrozenDictionary<string, Listing>? _listings;

    /// <summary>Whether the list was ever read; until then the venue itself decides what exists.</summary>
    public bool Known => _listings is not null;

    /// <summary>Every symbol on the list, in no order; empty until it was read.</summary>
    public IReadOnlyCollection<string> Symbols => _listings?.Keys ?? [];

    /// <summary>The instrument, or null when the broker lists none of that symbol.</summary>
    public Listing? Find(string symbol) => _listings?.GetValueOrDefault(symbol);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = RefreshAfter;
            try
            {
                await RefreshAsync(stoppingToken);
            }
            catch (AlpacaException exception)
            {
                LogNotRead(exception.Message);
                wait = RetryAfter;
            }

            await Task.Delay(wait, clock, stoppingToken);
        }
    }

    /// <summary>Reads the list now.</summary>
    /// <exception cref="AlpacaException">The broker does not answer; what was known stays.</exception>
    internal async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var assets = await broker.ListAssetsAsync(cancellationToken);
        _listings = assets
            .DistinctBy(asset => asset.Symbol, StringComparer.Ordinal)
            .ToFrozenDictionary(
                asset => asset.Symbol,
                asset => new Listing(asset.Tradable, asset.Fractionable, asset.MinOrderSize, asset.MinTradeIncrement, asset.PriceIncrement),
                StringComparer.Ordinal);
        LogRead(assets.Count);
    }

    [LoggerMessage(LogLevel.Information, "The broker lists {Count} instruments")]
    private partial void LogRead(int count);

    [LoggerMessage(LogLevel.Warning, "The broker's instruments can't be read yet: {Reason}")]
    private partial void LogNotRead(string reason);
}
