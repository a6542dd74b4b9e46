using System.Text.Json;
using System.Threading.Channels;
using StackExchange.Redis;
using StratForge.Contracts;
using StratForge.Contracts.Market;

namespace StratForge.Ingestor.Tests;

/// <summary>Listens on the bus as a consumer would.</summary>
internal sealed class Bus : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConnectionMultiplexer _connection;
    private readonly Channel<BarMessage> _bars = Channel.CreateUnbounded<BarMessage>();
    private readonly Channel<(string Channel, string Message)> _ticks = Channel.CreateUnbounded<(string, string)>();

    private Bus(ConnectionMultiplexer connection) => _connection = connection;

    public static async Task<Bus> ListenAsync(ConnectionMultiplexer connection)
    {
        var bus = new Bus(connection);
        var subscriber = connection.GetSubscriber();
        await subscriber.SubscribeAsync(new RedisChannel(Topics.AllBars, RedisChannel.PatternMode.Pattern), (_, message) =>
            bus._bars.Writer.TryWrite(JsonSerializer.Deserialize((string)message!, ContractsJson.Default.BarMessage)!));
        foreach (var pattern in new[] { Topics.AllTrades, Topics.AllQuotes, Topics.AllStatuses })
        {
            await subscriber.SubscribeAsync(new RedisChannel(pattern, RedisChannel.PatternMode.Pattern), (channel, message) =>
                bus._ticks.Writer.TryWrite(((string)channel!, (string)message!)));
        }

        return bus;
    }

    public async Task<BarMessage> NextBarAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _bars.Reader.ReadAsync(patience.Token);
    }

    public async Task<(string Channel, string Message)> NextTickAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _ticks.Reader.ReadAsync(patience.Token);
    }

    /// <summary>Wants or no longer wants a symbol, as the gateway does it.</summary>
    public async Task ChangeAsync(string action, string symbol)
    {
        var assetClass = Symbols.ClassOf(symbol);
        var database = _connection.GetDatabase();
        _ = action == SubscriptionUpdate.Subscribe
            ? await database.SetAddAsync(Topics.Active(assetClass), symbol)
            : await database.SetRemoveAsync(Topics.Active(assetClass), symbol);
        await _connection.GetSubscriber().PublishAsync(
            new RedisChannel(Topics.SubscriptionUpdates, RedisChannel.PatternMode.Literal),
            JsonSerializer.Serialize(new SubscriptionUpdate(action, symbol, assetClass), ContractsJson.Default.SubscriptionUpdate));
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.CloseAsync(allowCommandsToComplete: false);
        _connection.Dispose();
    }
}
