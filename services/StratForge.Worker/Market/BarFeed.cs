using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using StackExchange.Redis;
using StratForge.Contracts;
using StratForge.Worker.Hosts;

namespace StratForge.Worker.Market;

/// <summary>Brings every symbol's bars to the loop: from the bus as they are published, from storage when the bus lost some.</summary>
internal sealed partial class BarFeed(
    EventLoop loop,
    IConnectionMultiplexer redis,
    BarStore store,
    IOptions<WorkerOptions> options,
    TimeProvider clock,
    ILogger<BarFeed> logger) : BackgroundService
{
    // Reading storage once brings at most this many bars per symbol; the next reading goes on from there.
    private const int TailChunk = 200;

    // On the loop only.
    private readonly Dictionary<string, SymbolBars> _symbols = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _wanted = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _look = new(0);

    /// <summary>Start of the newest bar of any symbol, for the health page. On the loop only.</summary>
    public DateTimeOffset? LastBarAt => _symbols.Values.Max(bars => bars.LastOpensAt);

    /// <summary>The bars of a symbol, followed from now on for <paramref name="listener"/>. On the loop only.</summary>
    public SymbolBars Follow(string symbol, IBarListener listener)
    {
        if (!_symbols.TryGetValue(symbol, out var bars))
        {
            bars = new SymbolBars(symbol) { LastNewsAt = clock.GetTimestamp() };
            _symbols.Add(symbol, bars);
            _wanted[symbol] = true;
            LookNow();
        }

        bars.Add(listener);
        return bars;
    }

    /// <summary>The listener wants no more. On the loop only.</summary>
    public void Leave(SymbolBars bars, IBarListener listener)
    {
        bars.Remove(listener);
        if (!bars.IsWanted)
        {
            _symbols.Remove(bars.Symbol);
            _wanted.TryRemove(bars.Symbol, out _);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        redis.ConnectionRestored += (_, _) => LookNow();
        var subscriber = new BusSubscription(redis, clock, logger);
        subscriber.Start(new RedisChannel(Topics.AllBars, RedisChannel.PatternMode.Pattern), OnMessage, LookNow, stoppingToken);
        loop.Every(TimeSpan.FromSeconds(0.5), () =>
        {
            var overdue = clock.GetTimestamp() - (long)(options.Value.BarsOverdueAfter.TotalSeconds * clock.TimestampFrequency);
            if (_symbols.Values.Any(bars => bars.HasGap || !bars.IsPositioned || bars.LastNewsAt < overdue))
            {
                LookNow();
            }
        });

        while (true)
        {
            await _look.WaitAsync(stoppingToken);
            while (_look.Wait(0, stoppingToken))
            {
            }

            try
            {
                await ReadMissedAsync(stoppingToken);
            }
            catch (NpgsqlException exception)
            {
                LogReadFailed(exception.Message);
                await Task.Delay(TimeSpan.FromSeconds(0.5), clock, stoppingToken);
                LookNow();
            }
        }
    }

    private void LookNow()
    {
        if (_look.CurrentCount == 0)
        {
            _look.Release();
        }
    }

    // On Redis' thread: parsed and framed here, once, so that the loop only has to write.
    private void OnMessage(RedisChannel channel, RedisValue value)
    {
        var symbol = ((string)channel!)[(Topics.AllBars.Length - 1)..];
        if (!_wanted.ContainsKey(symbol))
        {
            return;
        }

        MarketBar bar;
        try
        {
            var message = JsonSerializer.Deserialize((byte[])value!, ContractsJson.Default.BarMessage);
            if (message is null || message.Symbol != symbol || message.Timeframe != "1m" || message.Seq < 1)
            {
                LogStrangeBar(symbol);
                return;
            }

            var values = BarValues.Of(message);
            bar = new MarketBar(symbol, message.Seq, values, HostFrame.Bar(message.Seq, values), message.Traceparent) { ArrivedAt = clock.GetTimestamp() };
        }
        catch (JsonException)
        {
            LogStrangeBar(symbol);
            return;
        }

        loop.Post(() =>
        {
            if (_symbols.TryGetValue(symbol, out var bars))
            {
                bars.LastNewsAt = clock.GetTimestamp();
                if (bars.Take(bar))
                {
                    LookNow();
                }
            }
        });
    }

    private async Task ReadMissedAsync(CancellationToken cancellationToken)
    {
        var (known, fresh) = await loop.AskAsync(() => (
            _symbols.Values.Where(bars => bars.IsPositioned).Select(bars => (bars.Symbol, bars.LastSeq)).ToArray(),
            _symbols.Values.Where(bars => !bars.IsPositioned).Select(bars => bars.Symbol).ToArray()));

        foreach (var symbol in fresh)
        {
            var last = await store.ReadLastSeqAsync(symbol, cancellationToken);
            loop.Post(() =>
            {
                if (_symbols.TryGetValue(symbol, out var bars))
                {
                    bars.Position(last);
                }
            });
        }

        if (known.Length == 0)
        {
            return;
        }

        var missed = await store.ReadTailsAsync(known, TailChunk, cancellationToken);
        loop.Post(() =>
        {
            var now = clock.GetTimestamp();
            foreach (var (symbol, _) in known)
            {
                if (_symbols.TryGetValue(symbol, out var bars))
                {
                    bars.LastNewsAt = now;
                }
            }

            foreach (var bar in missed)
            {
                if (_symbols.TryGetValue(bar.Symbol, out var bars))
                {
                    bar.ArrivedAt = now;
                    bars.Take(bar);
                }
            }
        });

        if (missed.CountBy(bar => bar.Symbol).Any(count => count.Value == TailChunk))
        {
            LookNow();
        }
    }

    [LoggerMessage(LogLevel.Warning, "A message on the bar channel of {Symbol} is not a bar; it is ignored")]
    private partial void LogStrangeBar(string symbol);

    [LoggerMessage(LogLevel.Warning, "Stored bars could not be read, trying again: {Reason}")]
    private partial void LogReadFailed(string reason);
}
