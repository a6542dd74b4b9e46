using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using StackExchange.Redis;
using StratForge.Alpaca;
using StratForge.Contracts;
using StratForge.Contracts.Market;
using StratForge.Ingestor.Bars;

namespace StratForge.Ingestor.Publishing;

/// <summary>Puts market data on the bus. Nobody waits for it: what the bus loses, consumers find in the table by number.</summary>
internal sealed class BusPublisher(IConnectionMultiplexer redis, IngestorTelemetry telemetry)
{
    private static readonly KeyValuePair<string, object?> BarTag = new("kind", "bar");
    private static readonly KeyValuePair<string, object?> TradeTag = new("kind", "trade");
    private static readonly KeyValuePair<string, object?> QuoteTag = new("kind", "quote");
    private static readonly KeyValuePair<string, object?> StatusTag = new("kind", "status");

    private readonly ISubscriber _bus = redis.GetSubscriber();

    /// <summary>Publishes a bar that is stored.</summary>
    public void Publish(LiveBar bar)
    {
        var value = bar.Value;
        Send(
            Topics.Bars(bar.Symbol),
            new BarMessage(
                bar.Symbol, Timeframe.Name, value.Open, value.High, value.Low, value.Close, value.Volume, value.Time, bar.Seq, bar.Trace?.Id),
            ContractsJson.Default.BarMessage);
        telemetry.Published.Add(1, BarTag);
    }

    /// <summary>Publishes a trade.</summary>
    public void Publish(string symbol, AlpacaTrade trade)
    {
        Send(Topics.Trades(symbol), new TradeTick(symbol, trade.Price, trade.Size, trade.Time), ContractsJson.Default.TradeTick);
        telemetry.Published.Add(1, TradeTag);
    }

    /// <summary>Publishes a quote.</summary>
    public void Publish(string symbol, AlpacaQuote quote)
    {
        Send(
            Topics.Quotes(symbol),
            new QuoteTick(symbol, quote.BidPrice, quote.BidSize, quote.AskPrice, quote.AskSize, quote.Time),
            ContractsJson.Default.QuoteTick);
        telemetry.Published.Add(1, QuoteTag);
    }

    /// <summary>Publishes a trading status that is stored.</summary>
    public void Publish(TradingStatus status)
    {
        Send(Topics.Statuses(status.Symbol), status, ContractsJson.Default.TradingStatus);
        telemetry.Published.Add(1, StatusTag);
    }

    private void Send<T>(string topic, T message, JsonTypeInfo<T> type) =>
        _bus.Publish(
            new RedisChannel(topic, RedisChannel.PatternMode.Literal),
            JsonSerializer.SerializeToUtf8Bytes(message, type),
            CommandFlags.FireAndForget);
}
