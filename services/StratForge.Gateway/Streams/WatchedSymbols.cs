using Microsoft.Extensions.Options;
using Npgsql;
using StratForge.Contracts.Market;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Sessions;

namespace StratForge.Gateway.Streams;

/// <summary>Has symbols streamed that somebody watches: counts this gateway's watchers, and keeps a row per symbol in <c>watched_symbols</c> that all gateways count.</summary>
/// <remarks>Rows have to be renewed: those of a gateway that was killed run out by themselves.</remarks>
internal sealed partial class WatchedSymbols(
    NpgsqlDataSource database, Subscriptions subscriptions, IOptions<StreamOptions> options, TimeProvider clock, ILogger<WatchedSymbols> logger)
    : BackgroundService
{
    private static readonly TimeSpan RenewEvery = Subscriptions.WatchedFor / 3;
    private static readonly TimeSpan SweptAfter = TimeSpan.FromHours(1);

    private readonly Guid _gateway = Guid.CreateVersion7(clock.GetUtcNow());
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _leftAt = new(StringComparer.Ordinal);
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _changed = new(0, 1);

    /// <summary>Somebody watches these from now on.</summary>
    public void Want(IEnumerable<string> symbols)
    {
        lock (_gate)
        {
            foreach (var symbol in symbols)
            {
                _counts[symbol] = _counts.GetValueOrDefault(symbol) + 1;
                _leftAt.Remove(symbol);
            }
        }

        Wake();
    }

    /// <summary>Somebody watches these no more.</summary>
    public void Release(IEnumerable<string> symbols)
    {
        lock (_gate)
        {
            foreach (var symbol in symbols)
            {
                if (--_counts[symbol] == 0)
                {
                    _counts.Remove(symbol);
                    _leftAt[symbol] = clock.GetUtcNow();
                }
            }
        }

        Wake();
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await using var command = database.Command("delete from watched_symbols where gateway_id = $1", _gateway);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            LogPostponed(exception.Message);
        }
    }

    public override void Dispose()
    {
        _changed.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var wait = options.Value.Linger > TimeSpan.Zero && options.Value.Linger < RenewEvery ? options.Value.Linger : RenewEvery;
            await _changed.WaitAsync(wait, stoppingToken);
            try
            {
                await ReconcileAsync(stoppingToken);
            }
            catch (NpgsqlException exception)
            {
                LogPostponed(exception.Message);
            }
        }
    }

    private async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now();
        string[] wanted;
        lock (_gate)
        {
            foreach (var (symbol, _) in _leftAt.Where(left => now - left.Value >= options.Value.Linger).ToArray())
            {
                _leftAt.Remove(symbol);
            }

            wanted = [.. _counts.Keys.Concat(_leftAt.Keys)];
        }

        if (wanted.Length == 0 && _told.Count == 0)
        {
            return;
        }

        string[] gone = [.. _told.Except(wanted)];
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        {
            await using var batch = new NpgsqlBatch(connection);
            batch.Add("""
                insert into watched_symbols (gateway_id, symbol, renewed_at)
                select $1, symbol, $3 from unnest($2) as symbol
                on conflict (gateway_id, symbol) do update set renewed_at = excluded.renewed_at
                """, _gateway, wanted, now);
            batch.Add("delete from watched_symbols where (gateway_id = $1 and symbol = any($2)) or renewed_at < $3", _gateway, gone, now - SweptAfter);
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        foreach (var symbol in wanted.Except(_told).ToArray())
        {
            await subscriptions.WantAsync(new SubscriptionUpdate(SubscriptionUpdate.Subscribe, symbol, Symbols.ClassOf(symbol)), cancellationToken);
            _told.Add(symbol);
        }

        foreach (var symbol in gone)
        {
            await subscriptions.ReleaseAsync(new SubscriptionUpdate(SubscriptionUpdate.Unsubscribe, symbol, Symbols.ClassOf(symbol)), cancellationToken);
            _told.Remove(symbol);
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            if (_changed.CurrentCount == 0)
            {
                _changed.Release();
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Watched symbols are seen to at the next turn: {Reason}")]
    private partial void LogPostponed(string reason);
}
