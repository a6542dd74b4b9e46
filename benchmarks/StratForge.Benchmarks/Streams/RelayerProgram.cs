using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using StackExchange.Redis;

namespace StratForge.Benchmarks.Streams;

/// <summary>What one would write first: ASP.NET Core's WebSockets and a loop over them, or SignalR's hub.</summary>
internal static class RelayerProgram
{
    private const string Relayed = "levels.signals";
    private const string Quotes = "market_quotes:";

    public static async Task<int> RunAsync(string kind, string redis)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        // Clients that only listen are no reason to hang up.
        builder.Services.AddSignalR(hub => hub.ClientTimeoutInterval = TimeSpan.FromHours(1));
        builder.Services.AddSingleton<NaiveClients>();
        await using var app = builder.Build();
        app.UseWebSockets();
        app.Map("/relay", (HttpContext context, NaiveClients clients) => clients.ServeAsync(context, [Relayed]));
        app.Map("/market", (HttpContext context, NaiveClients clients) =>
            clients.ServeAsync(context, context.Request.Query["symbols"].ToString().Split(',').Select(symbol => Quotes + symbol)));
        app.MapHub<FanOutHub>("/hub");
        await app.StartAsync();

        using var bus = await ConnectionMultiplexer.ConnectAsync(redis);
        var naive = app.Services.GetRequiredService<NaiveClients>();
        var hub = app.Services.GetRequiredService<IHubContext<FanOutHub>>();
        foreach (var channel in new[] { new RedisChannel(Relayed, RedisChannel.PatternMode.Literal), new RedisChannel($"{Quotes}*", RedisChannel.PatternMode.Pattern) })
        {
            await bus.GetSubscriber().SubscribeAsync(channel, (name, value) =>
            {
                if (kind == "naive")
                {
                    naive.Send(name!, (byte[])value!);
                }
                else
                {
                    _ = hub.Clients.Group(name!).SendAsync("m", JsonElement.Parse((byte[])value!));
                }
            });
        }

        Console.WriteLine(app.Urls.First());
        await Console.In.ReadLineAsync();
        return 0;
    }

    /// <summary>Everybody with a queue and a task of their own; every message is sent by itself.</summary>
    private sealed class NaiveClients
    {
        private const int Backlog = 1024;

        private readonly ConcurrentDictionary<string, ConcurrentDictionary<NaiveClient, bool>> _topics = new(StringComparer.Ordinal);

        public void Send(string topic, byte[] message)
        {
            if (_topics.TryGetValue(topic, out var clients))
            {
                foreach (var (client, _) in clients)
                {
                    client.Outbox.Writer.TryWrite(message);
                }
            }
        }

        public async Task ServeAsync(HttpContext context, IEnumerable<string> topics)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var client = new NaiveClient(System.Threading.Channels.Channel.CreateBounded<byte[]>(
                new System.Threading.Channels.BoundedChannelOptions(Backlog) { FullMode = System.Threading.Channels.BoundedChannelFullMode.DropOldest, SingleReader = true }));
            var all = topics.ToArray();
            foreach (var topic in all)
            {
                _topics.GetOrAdd(topic, _ => new())[client] = true;
            }

            var sending = SendAsync(socket, client);
            try
            {
                var buffer = new byte[1024];
                while ((await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted)).MessageType != WebSocketMessageType.Close)
                {
                }
            }
            catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
            {
                // The client is gone.
            }

            foreach (var topic in all)
            {
                _topics[topic].TryRemove(client, out _);
            }

            client.Outbox.Writer.TryComplete();
            await sending;
        }

        private static async Task SendAsync(WebSocket socket, NaiveClient client)
        {
            try
            {
                await foreach (var message in client.Outbox.Reader.ReadAllAsync())
                {
                    await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                }
            }
            catch (Exception exception) when (exception is WebSocketException or IOException or ObjectDisposedException)
            {
                // The client is gone.
            }
        }

        private sealed record NaiveClient(System.Threading.Channels.Channel<byte[]> Outbox);
    }

    private sealed class FanOutHub : Hub
    {
        public override async Task OnConnectedAsync()
        {
            var symbols = Context.GetHttpContext()!.Request.Query["symbols"].ToString();
            foreach (var topic in symbols.Length == 0 ? [Relayed] : symbols.Split(',').Select(symbol => Quotes + symbol))
            {
                await Groups.AddToGroupAsync(Context.ConnectionId, topic);
            }
        }
    }
}
