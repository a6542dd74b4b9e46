using Npgsql;
using StratForge.Contracts.Market;
using StratForge.Gateway.Bookkeeping;

namespace StratForge.Gateway.Sessions;

/// <summary>Has prices streamed for symbols in which orders stay open: an order that rests in the house goes when its price comes.</summary>
/// <remarks>What is lost here, with the bus or with this process, the sweep of the tables makes up for.</remarks>
internal sealed partial class OrderSubscriptions(BookKeeper books, Subscriptions subscriptions, TimeProvider clock, ILogger<OrderSubscriptions> logger)
    : BackgroundService
{
    // Most orders are over long before: only what is open at two looks in a row is worth a subscription.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var subscribed = new HashSet<string>(StringComparer.Ordinal);
        IReadOnlySet<string> before = new HashSet<string>();
        using var timer = new PeriodicTimer(LookEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var open = books.OpenSymbols;
            foreach (var symbol in open.Where(symbol => before.Contains(symbol) && subscribed.Add(symbol)).ToArray())
            {
                await TellAsync(symbol, SubscriptionUpdate.Subscribe, stoppingToken);
            }

            foreach (var symbol in subscribed.Where(symbol => !open.Contains(symbol)).ToArray())
            {
                subscribed.Remove(symbol);
                await TellAsync(symbol, SubscriptionUpdate.Unsubscribe, stoppingToken);
            }

            before = open;
        }
    }

    private async Task TellAsync(string symbol, string action, CancellationToken cancellationToken)
    {
        try
        {
            var update = new SubscriptionUpdate(action, symbol, Symbols.ClassOf(symbol));
            await (action == SubscriptionUpdate.Subscribe
                ? subscriptions.WantAsync(update, cancellationToken)
                : subscriptions.ReleaseAsync(update, cancellationToken));
        }
        catch (NpgsqlException exception)
        {
            LogPostponed(symbol, exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Prices of {Symbol} are seen to at the next sweep: {Reason}")]
    private partial void LogPostponed(string symbol, string reason);
}
