using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace StratForge.Gateway.Tests.Streams;

/// <summary>A client of the live streams, with the platform's own WebSocket.</summary>
internal sealed class StreamVisitor : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[64 * 1024];

    public WebSocketCloseStatus? CloseCode => _socket.CloseStatus;

    public string? CloseReason => _socket.CloseStatusDescription;

    public static async Task<StreamVisitor> ConnectAsync(Uri gateway, string path, params (string Name, string Value)[] headers)
    {
        var visitor = new StreamVisitor();
        visitor._socket.Options.KeepAliveInterval = TimeSpan.Zero;
        foreach (var (name, value) in headers)
        {
            visitor._socket.Options.SetRequestHeader(name, value);
        }

        using var patience = new CancellationTokenSource(Patience);
        await visitor._socket.ConnectAsync(new Uri($"ws://{gateway.Authority}{path}"), patience.Token);
        return visitor;
    }

    /// <summary>Connects with a client's token and takes the greeting.</summary>
    public static async Task<StreamVisitor> ConnectAsync(Client client, string path)
    {
        var visitor = await ConnectAsync(client.Address, path, ("Authorization", client.Http.DefaultRequestHeaders.Authorization!.ToString()));
        Assert.Equal("welcome", (await visitor.NextAsync()).GetProperty("type").GetString());
        return visitor;
    }

    public Task SayAsync(object message) => SayTextAsync(JsonSerializer.Serialize(message, JsonSerializerOptions.Web));

    public Task SayTextAsync(string text) => _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    /// <summary>The next message; null once the gateway has closed.</summary>
    public async Task<string?> NextTextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        using var text = new MemoryStream();
        while (true)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(), patience.Token);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
                return null;
            }

            text.Write(_buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return Encoding.UTF8.GetString(text.ToArray());
            }
        }
    }

    public async Task<JsonElement> NextAsync() => JsonElement.Parse(await NextTextAsync() ?? throw new InvalidOperationException($"Closed: {CloseCode} {CloseReason}"));

    /// <summary>The next message of a type; others before it are passed over.</summary>
    public async Task<JsonElement> NextAsync(string type)
    {
        while (true)
        {
            var message = await NextAsync();
            if (message.GetProperty("type").GetString() == type)
            {
                return message;
            }
        }
    }

    /// <summary>Asks for channels and takes the answer.</summary>
    public async Task<JsonElement> SubscribeAsync(string[] channels, string[]? symbols = null, long? lastEventId = null)
    {
        await SayAsync(new { action = "subscribe", channels, symbols, lastEventId });
        return await NextAsync("subscribed");
    }

    /// <summary>Reads until the gateway closes.</summary>
    /// <returns>The code.</returns>
    public async Task<int> ClosedAsync()
    {
        while (await NextTextAsync() is not null)
        {
        }

        return (int)CloseCode!.Value;
    }

    /// <summary>Hangs up without a word.</summary>
    public void Vanish() => _socket.Abort();

    public async Task SayGoodByeAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
