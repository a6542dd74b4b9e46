using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StratForge.Alpaca;

namespace StratForge.Ingestor.Tests.Venues;

/// <summary>A venue whose every word is the test's: it keeps a history, answers REST from it, and streams what it is told to.</summary>
internal sealed class ScriptedVenue : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, SortedDictionary<DateTimeOffset, AlpacaBar>> _history = new(StringComparer.Ordinal);
    private readonly Channel<VenueEnd> _connections = Channel.CreateUnbounded<VenueEnd>();
    private readonly CancellationTokenSource _closing = new();

    private ScriptedVenue(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    /// <summary>The venue's present.</summary>
    public DateTimeOffset Now { get; set; } = new(2013, 10, 4, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Symbols of which the plan streams trades and quotes.</summary>
    public int MostPrices { get; set; } = int.MaxValue;

    /// <summary>Ranges of bars that were asked for, as <c>SPY 12:01..12:03</c>.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Each answer with bars waits for it, if there is one.</summary>
    public SemaphoreSlim? Gate { get; set; }

    /// <summary>Answers to give instead of bars, first come first served.</summary>
    public ConcurrentQueue<int> Troubles { get; } = new();

    public static async Task<ScriptedVenue> OpenAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var venue = new ScriptedVenue(app);
        app.UseWebSockets();
        app.Run(venue.HandleAsync);
        await app.StartAsync();
        venue.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return venue;
    }

    public static AlpacaBar BarAt(DateTimeOffset at, decimal price = 167.5m) => new(at, price, price + 0.5m, price - 0.5m, price, 100);

    /// <summary>Puts bars into the history without streaming them.</summary>
    public void Remember(string symbol, params IEnumerable<AlpacaBar> bars)
    {
        var known = _history.GetOrAdd(symbol, static _ => []);
        lock (known)
        {
            foreach (var bar in bars)
            {
                known[bar.Time] = bar;
            }
        }
    }

    /// <summary>The next stream connection that got through the handshake.</summary>
    public async Task<VenueEnd> AcceptAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _connections.Reader.ReadAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_closing.IsCancellationRequested)
        {
            await _closing.CancelAsync();
            await _app.DisposeAsync();
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        if (context.WebSockets.IsWebSocketRequest)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var end = new VenueEnd(context.Request.Path, socket, MostPrices);
            await end.RunAsync(_connections.Writer, _closing.Token);
            return;
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(context.Request.Path.Value switch
        {
            "/v2/clock" => $$"""{"timestamp":"{{Now:O}}","is_open":true,"next_open":"{{Now:O}}","next_close":"{{Now:O}}"}""",
            "/v2/stocks/bars" or "/v1beta3/crypto/us/bars" => await GatedBarsAsync(context),
            _ => throw new InvalidOperationException(context.Request.Path),
        });
    }

    private async Task<string> GatedBarsAsync(HttpContext context)
    {
        var bars = Bars(context);
        await (Gate?.WaitAsync(context.RequestAborted) ?? Task.CompletedTask);
        return bars;
    }

    private string Bars(HttpContext context)
    {
        var query = context.Request.Query;
        var symbol = query["symbols"].ToString();
        var (start, end) = (At(query["start"]!), At(query["end"]!));
        if (Troubles.TryDequeue(out var trouble))
        {
            context.Response.StatusCode = trouble;
            return """{"message":"try later"}""";
        }

        Asked.Enqueue($"{symbol} {start:HH:mm}..{end:HH:mm}");
        var known = _history.GetOrAdd(symbol, static _ => []);
        lock (known)
        {
            var page = known.Values.Where(bar => bar.Time >= start && bar.Time <= end);
            return $$"""{"bars":{"{{symbol}}":[{{string.Join(',', page.Select(static bar => "{" + VenueEnd.Fields(bar) + "}"))}}]},"next_page_token":null}""";
        }
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>The venue's end of one stream connection: greets, acknowledges, and says what it is told to.</summary>
internal sealed class VenueEnd(string path, WebSocket socket, int mostPrices)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly HashSet<string> _bars = new(StringComparer.Ordinal);
    private readonly HashSet<string> _prices = new(StringComparer.Ordinal);
    private readonly Channel<string> _states = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource _vanished = new();
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Path { get; } = path;

    public static string Fields(AlpacaBar bar) =>
        $"\"t\":\"{bar.Time:yyyy-MM-ddTHH:mm:ssZ}\",\"o\":{bar.Open},\"h\":{bar.High},\"l\":{bar.Low},\"c\":{bar.Close},\"v\":{bar.Volume},\"n\":1,\"vw\":{bar.Close}";

    public async Task RunAsync(ChannelWriter<VenueEnd> greeted, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _vanished.Token);
        try
        {
            await SayAsync("""[{"T":"success","msg":"connected"}]""");
            await HearAsync(over.Token);
            await SayAsync("""[{"T":"success","msg":"authenticated"}]""");
            await greeted.WriteAsync(this, over.Token);
            while (await HearAsync(over.Token) is { } message)
            {
                await AcknowledgeAsync(message);
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or WebSocketException)
        {
            // The client left, or the test is over.
        }

        _left.TrySetResult();
    }

    /// <summary>Waits until the client is subscribed to exactly these symbols' bars.</summary>
    public async Task SubscribedToAsync(params string[] symbols)
    {
        using var patience = new CancellationTokenSource(Patience);
        var wanted = string.Join(',', symbols.Order(StringComparer.Ordinal));
        while (!string.Equals(await _states.Reader.ReadAsync(patience.Token), wanted, StringComparison.Ordinal))
        {
        }
    }

    /// <summary>Symbols whose trades and quotes are streamed.</summary>
    public IReadOnlyList<string> Prices => [.. _prices.ToArray().Order(StringComparer.Ordinal)];

    /// <summary>Waits until the client closes the connection.</summary>
    public Task LeftAsync() => _left.Task.WaitAsync(Patience);

    public Task StreamAsync(string symbol, params AlpacaBar[] bars) =>
        SayAsync($"[{string.Join(',', bars.Select(bar => $$"""{"T":"b","S":"{{symbol}}",{{Fields(bar)}}}"""))}]");

    public Task SayAsync(string frame) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    /// <summary>Is gone without a word.</summary>
    public void Vanish()
    {
        _vanished.Cancel();
        socket.Abort();
    }

    private async Task AcknowledgeAsync(string message)
    {
        using var asked = JsonDocument.Parse(message);
        var subscribes = asked.RootElement.GetProperty("action").ValueEquals("subscribe");
        if (subscribes && _prices.Union(Listed("trades")).Count() > mostPrices)
        {
            await SayAsync("""[{"T":"error","code":405,"msg":"symbol limit exceeded"}]""");
            return;
        }

        Change(_bars, "bars");
        Change(_prices, "trades");
        await SayAsync($$"""[{"T":"subscription","trades":[{{Text(_prices)}}],"quotes":[{{Text(_prices)}}],"bars":[{{Text(_bars)}}]}]""");
        await _states.Writer.WriteAsync(string.Join(',', _bars.Order(StringComparer.Ordinal)));

        List<string> Listed(string channel) =>
            asked.RootElement.TryGetProperty(channel, out var symbols) ? [.. symbols.EnumerateArray().Select(static symbol => symbol.GetString()!)] : [];

        void Change(HashSet<string> held, string channel)
        {
            if (subscribes)
            {
                held.UnionWith(Listed(channel));
            }
            else
            {
                held.ExceptWith(Listed(channel));
            }
        }

        static string Text(IEnumerable<string> symbols) => string.Join(',', symbols.Select(static symbol => $"\"{symbol}\""));
    }

    private async Task<string?> HearAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var heard = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
        return heard.MessageType == WebSocketMessageType.Close ? null : Encoding.UTF8.GetString(buffer, 0, heard.Count);
    }
}
