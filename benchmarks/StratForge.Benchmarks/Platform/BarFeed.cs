using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using StackExchange.Redis;
using StratForge.Contracts;
using StratForge.Contracts.Market;

namespace StratForge.Benchmarks.Platform;

/// <summary>Stands in for the ingestor: stores a bar, then publishes it, and notes when.</summary>
internal sealed class BarFeed(NpgsqlDataSource database, IConnectionMultiplexer redis, DateTimeOffset opens, string symbol)
{
    /// <summary>The symbol that the platform trades.</summary>
    public const string Symbol = "SPY";

    // Cheap, so that a session can buy one unit on each of thousands of bars.
    public const decimal Price = 5.00m;

    private readonly ISubscriber _bus = redis.GetSubscriber();
    private long _seq;

    /// <summary>Stores bars without publishing, as those before a session.</summary>
    public async Task StoreHistoryAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await StoreAsync(Next());
        }
    }

    /// <summary>Stores the next bars, then publishes them as fast as the bus takes them.</summary>
    /// <returns>Stopwatch timestamp just before the first publication.</returns>
    public async Task<long> PublishAtOnceAsync(int count)
    {
        var payloads = new List<byte[]>(count);
        for (var i = 0; i < count; i++)
        {
            var bar = Next();
            await StoreAsync(bar);
            payloads.Add(JsonSerializer.SerializeToUtf8Bytes(bar, ContractsJson.Default.BarMessage));
        }

        var at = Stopwatch.GetTimestamp();
        await Task.WhenAll(payloads.Select(payload =>
            _bus.PublishAsync(new RedisChannel(Topics.Bars(symbol), RedisChannel.PatternMode.Literal), payload)));
        return at;
    }

    /// <summary>Stores and publishes the next bar.</summary>
    /// <param name="trace">Gives the bar's trace context, if it is to be traced.</param>
    /// <returns>Stopwatch timestamp just before the publication.</returns>
    public async Task<long> PublishAsync(Func<string>? trace = null)
    {
        var bar = Next();
        await StoreAsync(bar);
        bar = bar with { Traceparent = trace?.Invoke() };
        var payload = JsonSerializer.SerializeToUtf8Bytes(bar, ContractsJson.Default.BarMessage);
        var at = Stopwatch.GetTimestamp();
        await _bus.PublishAsync(new RedisChannel(Topics.Bars(symbol), RedisChannel.PatternMode.Literal), payload);
        return at;
    }

    private BarMessage Next()
    {
        var seq = ++_seq;
        return new BarMessage(symbol, "1m", Price, Price, Price, Price, 1_000, opens.AddMinutes(seq), seq);
    }

    private async Task StoreAsync(BarMessage bar)
    {
        await using var command = database.CreateCommand("""
            insert into market_data (symbol, timeframe, time, open, high, low, close, volume, seq)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """);
        foreach (var value in (object[])[bar.Symbol, bar.Timeframe, bar.Timestamp, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume, bar.Seq])
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync();
    }
}
