using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace StratForge.Chaos.Tests;

/// <summary>A client of <c>/market</c> that follows docs/streams.md: a jump in the numbers, a new connection and a silence are reasons to read what was missed.</summary>
/// <param name="gateways">Where it may connect; the next one after each loss.</param>
/// <param name="first">Index of the one it begins with.</param>
/// <param name="token">Signs it in.</param>
/// <param name="opensAt">From here on it wants every bar.</param>
internal sealed class BarConsumer(IReadOnlyList<Uri> gateways, int first, string token, DateTimeOffset opensAt) : IDisposable
{
    // Longer than the pause between two bars while everything works.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly Dictionary<string, List<SourceBar>> _seen = Source.Symbols.ToDictionary(symbol => symbol, _ => new List<SourceBar>());
    private readonly byte[] _buffer = new byte[256 * 1024];
    private Uri _gateway = gateways[first];

    /// <summary>Bars in the order in which they were handled.</summary>
    public IReadOnlyDictionary<string, List<SourceBar>> Seen => _seen;

    /// <summary>What the protocol promises and was not so.</summary>
    public List<string> Broken { get; } = [];

    public int Connections { get; private set; }

    public int Streamed { get; private set; }

    public int ReadLater { get; private set; }

    /// <summary>Newest bar of a symbol; null before the first.</summary>
    public DateTimeOffset? LastAt(string symbol) => _seen[symbol] is [.., var last] ? last.At : null;

    public async Task RunAsync(CancellationToken closing)
    {
        for (var attempt = first; !closing.IsCancellationRequested; attempt++)
        {
            _gateway = gateways[attempt % gateways.Count];
            try
            {
                await ListenAsync(closing);
            }
            catch (Exception lost) when (lost is WebSocketException or HttpRequestException or IOException or OperationCanceledException)
            {
                await Task.Delay(RetryAfter, CancellationToken.None);
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task ListenAsync(CancellationToken closing)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        using (var patience = CancellationTokenSource.CreateLinkedTokenSource(closing))
        {
            patience.CancelAfter(ConnectWithin);
            await socket.ConnectAsync(new UriBuilder(_gateway) { Scheme = "ws", Path = "/market" }.Uri, patience.Token);
        }

        Connections++;
        await socket.SendAsync(
            JsonSerializer.SerializeToUtf8Bytes(new { action = "subscribe", channels = new[] { "market_data" }, symbols = Source.Symbols }),
            WebSocketMessageType.Text, endOfMessage: true, closing);
        var message = ReceiveAsync(socket, closing);
        while (true)
        {
            if (await Task.WhenAny(message, Task.Delay(Silence, closing)) != message)
            {
                await ReadMissedAsync(closing);
                continue;
            }

            if (await message is not { } json)
            {
                return;
            }

            using (json)
            {
                await HandleAsync(json.RootElement, closing);
            }

            message = ReceiveAsync(socket, closing);
        }
    }

    private async Task HandleAsync(JsonElement message, CancellationToken closing)
    {
        switch (message.GetProperty("type").GetString())
        {
            case "subscribed":
                await ReadMissedAsync(closing);
                break;
            case "market":
                foreach (var bar in message.GetProperty("data").EnumerateArray())
                {
                    await HandleBarAsync(bar, closing);
                }

                break;
            case "error":
                // A gateway that cannot reach its database or bus says so; another connection is another try.
                throw new WebSocketException(message.ToString());
        }
    }

    private async Task HandleBarAsync(JsonElement bar, CancellationToken closing)
    {
        var symbol = bar.GetProperty("symbol").GetString()!;
        var seq = bar.GetProperty("seq").GetInt64();
        var seen = _seen[symbol];
        var value = new SourceBar(
            bar.GetProperty("timestamp").GetDateTimeOffset(), Number("open"), Number("high"), Number("low"), Number("close"), Number("volume"));
        if (seq <= seen.Count)
        {
            if (seen[(int)seq - 1] != value)
            {
                Broken.Add($"{symbol} {seq} was {seen[(int)seq - 1]} and came again as {value}");
            }

            return;
        }

        if (seq > seen.Count + 1)
        {
            await ReadAsync(symbol, value.At.AddMinutes(-1), closing);
        }

        if (seq != seen.Count + 1)
        {
            Broken.Add($"{symbol} {seq} at {value.At:u} came after {seen.Count} bars, and nothing lay between");
        }

        seen.Add(value);
        Streamed++;

        decimal Number(string name) => bar.GetProperty(name).GetDecimal();
    }

    private async Task ReadMissedAsync(CancellationToken closing)
    {
        foreach (var symbol in Source.Symbols)
        {
            await ReadAsync(symbol, through: null, closing);
        }
    }

    private async Task ReadAsync(string symbol, DateTimeOffset? through, CancellationToken closing)
    {
        var from = LastAt(symbol)?.AddMinutes(1) ?? opensAt;
        var path = new StringBuilder($"/api/market-data/candles?symbol={Uri.EscapeDataString(symbol)}&limit=10000&start={from.ToUnixTimeSeconds()}");
        if (through is { } end)
        {
            path.Append($"&end={end.ToUnixTimeSeconds()}");
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_gateway, path.ToString()));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await _http.SendAsync(request, closing);
        response.EnsureSuccessStatusCode();
        using var candles = JsonDocument.Parse(await response.Content.ReadAsStringAsync(closing));
        var (t, o, h, l, c, v) = (Column("t"), Column("o"), Column("h"), Column("l"), Column("c"), Column("v"));
        for (var i = 0; i < t.GetArrayLength(); i++)
        {
            _seen[symbol].Add(new SourceBar(
                DateTimeOffset.FromUnixTimeSeconds(t[i].GetInt64()),
                o[i].GetDecimal(), h[i].GetDecimal(), l[i].GetDecimal(), c[i].GetDecimal(), v[i].GetDecimal()));
            ReadLater++;
        }

        JsonElement Column(string name) => candles.RootElement.GetProperty(name);
    }

    private async Task<JsonDocument?> ReceiveAsync(ClientWebSocket socket, CancellationToken closing)
    {
        for (var length = 0; ;)
        {
            var part = await socket.ReceiveAsync(_buffer.AsMemory(length), closing);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            length += part.Count;
            if (part.EndOfMessage)
            {
                return JsonDocument.Parse(_buffer.AsMemory(0, length).ToArray());
            }
        }
    }
}
