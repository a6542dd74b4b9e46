using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace StratForge.SimulatedExchange.Tests.Streams;

/// <summary>A client of one stream that opens its socket by hand: the framework's would not send a content type on the upgrade.</summary>
internal sealed class StreamClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TcpClient _tcp;
    private readonly WebSocket _socket;

    private StreamClient(TcpClient tcp, WebSocket socket) => (_tcp, _socket) = (tcp, socket);

    /// <summary>The kind of the frame that came last.</summary>
    public WebSocketMessageType LastKind { get; private set; }

    /// <summary>How the other side closed.</summary>
    public WebSocketCloseStatus? Ending => _socket.CloseStatus;

    public static async Task<StreamClient> ConnectAsync(RunningExchange exchange, string path, params (string Name, string Value)[] headers)
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(exchange.Address.Host, exchange.Address.Port);
        var stream = tcp.GetStream();
        var lines = new List<string>
        {
            $"GET {path} HTTP/1.1",
            $"Host: {exchange.Address.Authority}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            $"Sec-WebSocket-Key: {Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(path))[..16])}",
        };
        lines.AddRange(headers.Select(header => $"{header.Name}: {header.Value}"));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", lines) + "\r\n\r\n"));
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one);
            head.Append((char)one[0]);
        }

        Assert.StartsWith("HTTP/1.1 101", head.ToString(), StringComparison.Ordinal);
        return new StreamClient(tcp, WebSocket.CreateFromStream(stream, new WebSocketCreationOptions()));
    }

    /// <summary>A client of a data endpoint that has been let in.</summary>
    public static async Task<StreamClient> OnDataAsync(RunningExchange exchange, string path)
    {
        var client = await ConnectAsync(exchange, path);
        Assert.Equal("""[{"T":"success","msg":"connected"}]""", await client.TextAsync());
        await client.SendAsync(Authentication);
        Assert.Equal("""[{"T":"success","msg":"authenticated"}]""", await client.TextAsync());
        return client;
    }

    /// <summary>A client of the order stream that listens.</summary>
    public static async Task<StreamClient> OnOrdersAsync(RunningExchange exchange)
    {
        var client = await ConnectAsync(exchange, "/stream");
        await client.SendAsync(
            $$$"""{"action":"authenticate","data":{"key_id":"{{{RunningExchange.Key}}}","secret_key":"{{{RunningExchange.Secret}}}"}}""", WebSocketMessageType.Binary);
        Assert.Equal("""{"stream":"authorization","data":{"action":"authenticate","status":"authorized"}}""", await client.TextAsync());
        await client.SendAsync("""{"action":"listen","data":{"streams":["trade_updates","account_updates"]}}""");
        Assert.Equal("""{"stream":"listening","data":{"streams":["trade_updates"]}}""", await client.TextAsync());
        return client;
    }

    public static string Authentication => $$"""{"action":"auth","key":"{{RunningExchange.Key}}","secret":"{{RunningExchange.Secret}}"}""";

    public Task SendAsync(string text, WebSocketMessageType kind = WebSocketMessageType.Text) => SendAsync(Encoding.UTF8.GetBytes(text), kind);

    public Task SendAsync(byte[] message, WebSocketMessageType kind) => _socket.SendAsync(message, kind, endOfMessage: true, CancellationToken.None);

    /// <summary>A message in two frames, as clients split long ones.</summary>
    public async Task SendSplitAsync(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        await _socket.SendAsync(bytes.AsMemory(0, 10), WebSocketMessageType.Text, endOfMessage: false, CancellationToken.None);
        await _socket.SendAsync(bytes.AsMemory(10), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
    }

    /// <summary>The next message; null when the other side closes.</summary>
    public async Task<byte[]?> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        using var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer, patience.Token);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                LastKind = part.MessageType;
                return message.ToArray();
            }
        }
    }

    public async Task<string> TextAsync() => Encoding.UTF8.GetString(await NextAsync() ?? throw new EndOfStreamException("The exchange closed the stream."));

    public async Task<JsonElement> JsonAsync()
    {
        using var document = JsonDocument.Parse(await TextAsync());
        return document.RootElement.Clone();
    }

    /// <summary>Says goodbye, or answers one.</summary>
    public Task CloseAsync() => _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

    /// <summary>Goes without a word, like a killed process.</summary>
    public void Dispose()
    {
        // After goodbyes from both sides the connection is gone already.
        if (_socket.State != WebSocketState.Closed)
        {
            _tcp.Client.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        _tcp.Dispose();
        _socket.Dispose();
    }
}
