using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace StratForge.Alpaca.Tests;

/// <summary>A small venue in this process: it answers requests as a test tells it to, and hands the test the server's end of each
/// stream connection.</summary>
internal sealed class Venue : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly WebApplication _app;
    private readonly Channel<VenueSocket> _sockets = Channel.CreateUnbounded<VenueSocket>();
    private readonly CancellationTokenSource _closing = new();

    private Venue(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    /// <summary>What was asked, in order.</summary>
    public ConcurrentQueue<Asked> Requests { get; } = new();

    /// <summary>How requests are answered; 404 until a test sets it.</summary>
    public Func<Asked, Answer> Answers { get; set; } = static _ => new Answer(404, """{"code":40410000,"message":"endpoint not found"}""");

    public static async Task<Venue> OpenAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var venue = new Venue(app);
        app.UseWebSockets();
        app.Run(venue.HandleAsync);
        await app.StartAsync();
        venue.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return venue;
    }

    public AlpacaOptions Options(Action<AlpacaOptions>? change = null)
    {
        var options = new AlpacaOptions
        {
            ApiKey = "PKTEST",
            SecretKey = "hush",
            TradingUrl = Address,
            DataUrl = Address,
            DataStreamUrl = Address,
            RequestsPerMinute = 0,
            ReconnectAfter = TimeSpan.FromMilliseconds(1),
            ReconnectAfterAtMost = TimeSpan.FromMilliseconds(5),
        };
        change?.Invoke(options);
        return options;
    }

    /// <summary>The next stream connection that a client opens.</summary>
    public async Task<VenueSocket> AcceptAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _sockets.Reader.ReadAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _app.DisposeAsync();
        _closing.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        if (context.WebSockets.IsWebSocketRequest)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var connection = new VenueSocket(context.Request.Path, socket);
            await _sockets.Writer.WriteAsync(connection);
            await connection.Over.WaitAsync(_closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        using var body = new StreamReader(context.Request.Body);
        var asked = new Asked(
            context.Request.Method,
            context.Request.Path + context.Request.QueryString,
            await body.ReadToEndAsync(),
            context.Request.Headers.ToDictionary(static header => header.Key, static header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase));
        Requests.Enqueue(asked);

        var answer = Answers(asked);
        if (answer.Hold is { } hold)
        {
            await hold.WaitAsync(_closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        context.Response.StatusCode = answer.Status;
        context.Response.Headers["X-Request-ID"] = "0123456789abcdef";
        foreach (var (name, value) in answer.Headers ?? [])
        {
            context.Response.Headers[name] = value;
        }

        if (answer.Body.Length > 0)
        {
            context.Response.ContentType = answer.ContentType;
            await context.Response.WriteAsync(answer.Body);
        }
    }
}

/// <summary>One request as it arrived.</summary>
internal sealed record Asked(string Method, string Target, string Body, IReadOnlyDictionary<string, string> Headers);

/// <summary>One answer to give. With <paramref name="Hold"/> it is given when that task ends.</summary>
internal sealed record Answer(
    int Status, string Body, string ContentType = "application/json", Dictionary<string, string>? Headers = null, Task? Hold = null);

/// <summary>The venue's end of one stream connection.</summary>
internal sealed class VenueSocket(string path, WebSocket socket)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Path { get; } = path;

    public Task Over => _over.Task;

    /// <summary>The next message of the client, as text.</summary>
    public async Task<string> ReceiveAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var buffer = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), patience.Token);
            length += part.Count;
            if (part.EndOfMessage)
            {
                return Encoding.UTF8.GetString(buffer, 0, length);
            }
        }
    }

    public Task SendAsync(string text, bool binary = false) => SendAsync(Encoding.UTF8.GetBytes(text), binary);

    public Task SendAsync(byte[] message, bool binary) =>
        socket.SendAsync(message, binary ? WebSocketMessageType.Binary : WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    /// <summary>Sends one message in frames of a few bytes.</summary>
    public async Task SendInPiecesAsync(string text, int size)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var at = 0; at < bytes.Length; at += size)
        {
            var piece = bytes.AsMemory(at, Math.Min(size, bytes.Length - at));
            await socket.SendAsync(piece, WebSocketMessageType.Text, at + size >= bytes.Length, CancellationToken.None);
        }
    }

    /// <summary>Says goodbye.</summary>
    public async Task CloseAsync()
    {
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "maintenance", CancellationToken.None);
        _over.TrySetResult();
    }

    /// <summary>Vanishes without a word.</summary>
    public void Vanish()
    {
        socket.Abort();
        _over.TrySetResult();
    }
}
