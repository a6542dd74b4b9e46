using System.Collections.Frozen;
using Npgsql;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Market;
using StratForge.Gateway.Streams;

namespace StratForge.Gateway.Alerts;

/// <summary>The alerts that are switched on, at the gateway that keeps the books; empty at any other.</summary>
/// <remarks>Changes are made at this gateway and told it at once. It looks again every few seconds all the same: right after another gateway
/// kept the books, something may have been changed there.</remarks>
internal sealed partial class AlertList(
    AlertStore store, BookKeeper books, LastPrices prices, WatchedSymbols symbols, TimeProvider clock, ILogger<AlertList> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _changed = new(0, 1);
    private volatile Lists _lists = Lists.None;

    /// <summary>Alerts about the price of a symbol.</summary>
    public IReadOnlyList<WatchedAlert> OfPrice(string symbol) => _lists.BySymbol.TryGetValue(symbol, out var alerts) ? alerts : [];

    /// <summary>Alerts about what accounts and sessions are worth.</summary>
    public IReadOnlyList<WatchedAlert> OfEquity => _lists.OfEquity;

    /// <summary>Alerts about what simply happens, by their ids.</summary>
    public IReadOnlyDictionary<Guid, WatchedAlert> OfEvents => _lists.OfEvents;

    /// <summary>Whether an alert is watched here, as it is known to the caller.</summary>
    public bool Watches(WatchedAlert alert) => _lists.All.GetValueOrDefault(alert.Rule.Id) == alert;

    /// <summary>Told of symbols whose alerts were read anew: their prices are looked at again.</summary>
    public Action<string>? Read { get; set; }

    /// <summary>An alert was changed: all are read again.</summary>
    public void Changed()
    {
        try
        {
            _changed.Release();
        }
        catch (SemaphoreFullException)
        {
            // Two wishes to look are one.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Take(Lists.None);
    }

    public override void Dispose()
    {
        _changed.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long? readAt = null;
        while (true)
        {
            var isWoken = await _changed.WaitAsync(LookEvery, stoppingToken);
            if (!books.IsLeading)
            {
                readAt = null;
                Take(Lists.None);
            }
            else if (isWoken || readAt is not { } at || clock.GetElapsedTime(at) >= ReadEvery)
            {
                readAt = await TryReadAsync(stoppingToken) ? clock.GetTimestamp() : null;
            }
        }
    }

    private async Task<bool> TryReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var known = _lists.All;
            Take(Lists.Of((await store.ReadRulesAsync(cancellationToken))
                .ConvertAll(rule => known.TryGetValue(rule.Id, out var alert) && alert.Knows(rule) ? alert : new WatchedAlert(rule))));
            return true;
        }
        catch (NpgsqlException exception)
        {
            LogPostponed(exception.Message);
            return false;
        }
    }

    private void Take(Lists lists)
    {
        var before = _lists;
        _lists = lists;
        if (lists == before)
        {
            return;
        }

        // Nobody streams a symbol only because it has a price: whoever waits for one has to ask for it.
        symbols.Want(lists.BySymbol.Keys.Except(before.BySymbol.Keys, StringComparer.Ordinal).ToArray());
        symbols.Release(before.BySymbol.Keys.Except(lists.BySymbol.Keys, StringComparer.Ordinal).ToArray());
        AlertTelemetry.SetWatched(lists.All.Count);
        foreach (var symbol in lists.BySymbol.Keys.Where(symbol => prices.HeardAt(symbol) is not null))
        {
            Read?.Invoke(symbol);
        }
    }

    private sealed record Lists(
        FrozenDictionary<Guid, WatchedAlert> All,
        FrozenDictionary<string, WatchedAlert[]> BySymbol,
        WatchedAlert[] OfEquity,
        FrozenDictionary<Guid, WatchedAlert> OfEvents)
    {
        public static readonly Lists None = Of([]);

        public static Lists Of(List<WatchedAlert> alerts) => new(
            alerts.ToFrozenDictionary(alert => alert.Rule.Id),
            alerts.Where(alert => alert.Rule.Kind.Watches == Watched.Price).GroupBy(alert => alert.Rule.Symbol!, StringComparer.Ordinal)
                .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal),
            [.. alerts.Where(alert => alert.Rule.Kind.IsOfEquity)],
            alerts.Where(alert => !alert.Rule.Kind.HasLevel).ToFrozenDictionary(alert => alert.Rule.Id));
    }

    [LoggerMessage(LogLevel.Warning, "Alerts are read again at the next turn: {Reason}")]
    private partial void LogPostponed(string reason);
}
