using System.Text.Json;
using StackExchange.Redis;
using StratForge.Contracts;
using StratForge.Contracts.Market;
using StratForge.Testing;

namespace StratForge.Takeover.Tests;

/// <summary>Stands in for the ingestor: stores the next bar of every symbol, then publishes it, unless the bus loses it.</summary>
/// <param name="database">Where bars are stored.</param>
/// <param name="redis">Where they are published.</param>
/// <param name="symbols">What is traded.</param>
/// <param name="random">Walks the prices and loses messages.</param>
internal sealed class Market(FreshDatabase database, FreshRedis redis, string[] symbols, Random random)
{
    // Cheap, so that nobody runs out of money.
    private const decimal First = 5.00m;

    private static readonly DateTimeOffset Opening = new(2013, 10, 4, 13, 30, 0, TimeSpan.Zero);

    private readonly decimal[] _prices = [.. symbols.Select(_ => First)];

    /// <summary>Number of the newest bar of every symbol.</summary>
    public long LastSeq { get; private set; }

    public async Task NextAsync()
    {
        var seq = LastSeq + 1;
        for (var i = 0; i < symbols.Length; i++)
        {
            var open = _prices[i];
            var close = decimal.Clamp(open + (random.Next(-3, 4) * 0.01m), 4, 6);
            _prices[i] = close;
            var bar = new BarMessage(
                symbols[i], "1m", open, decimal.Max(open, close), decimal.Min(open, close), close, random.Next(1, 1_000),
                Opening.AddMinutes(seq), seq);
            await database.ExecuteAsync(
                "insert into market_data (symbol, timeframe, time, open, high, low, close, volume, seq) values ($1, '1m', $2, $3, $4, $5, $6, $7, $8)",
                bar.Symbol, bar.Timestamp, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume, seq);

            // One message in fifty is lost, as the bus may.
            if (random.Next(50) > 0)
            {
                await redis.Connection.GetSubscriber().PublishAsync(
                    new RedisChannel(Topics.Bars(bar.Symbol), RedisChannel.PatternMode.Literal),
                    JsonSerializer.SerializeToUtf8Bytes(bar, ContractsJson.Default.BarMessage));
            }
        }

        LastSeq = seq;
    }
}
