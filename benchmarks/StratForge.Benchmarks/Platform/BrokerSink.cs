using System.Buffers;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using StratForge.Benchmarks.Streams;

namespace StratForge.Benchmarks.Platform;

/// <summary>The far end: takes orders as Alpaca would, notes when each body was there, and fills everything: at once, or when it is told to.</summary>
/// <remarks>It lives in the measuring process so that its arrival times and the bars' departure times come from one clock.</remarks>
internal sealed class BrokerSink : IAsyncDisposable
{
    // Alpaca's longest page.
    private const int MostListed = 500;

    private readonly WebApplication _app;
    private readonly TimeProvider _clock;
    private readonly bool _fillsAtOnce;
    private readonly Channel<OrderArrival> _arrivals = Channel.CreateUnbounded<OrderArrival>();
    private readonly Channel<byte[]> _updates = Channel.CreateBounded<byte[]>(100_000);
    private readonly Dictionary<string, VenueOrder> _orders = new(StringComparer.Ordinal);
    private readonly List<string> _open = [];

    private BrokerSink(WebApplication app, TimeProvider clock, bool fillsAtOnce)
    {
        _app = app;
        _clock = clock;
        _fillsAtOnce = fillsAtOnce;
    }

    public Uri Address => new(_app.Urls.First());

    public ChannelReader<OrderArrival> Arrivals => _arrivals.Reader;

    /// <param name="clock">Stamps orders and fills.</param>
    /// <param name="fillsAtOnce">Fills orders as they come; otherwise they stay open until <see cref="FillOpenAsync"/>.</param>
    public static async Task<BrokerSink> StartAsync(TimeProvider clock, bool fillsAtOnce = true)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.UseWebSockets();
        var sink = new BrokerSink(app, clock, fillsAtOnce);
        sink.Map();
        await app.StartAsync();
        return sink;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    /// <summary>Fills everything that is open.</summary>
    public async Task FillOpenAsync()
    {
        List<VenueOrder> filled;
        lock (_orders)
        {
            filled = [.. _open.Select(id => _orders[id] = _orders[id] with { IsFilled = true })];
            _open.Clear();
        }

        foreach (var order in filled)
        {
            await TellAsync(order);
        }
    }

    private void Map()
    {
        _app.MapPost("/v2/orders", TakeOrderAsync);
        _app.MapGet("/v2/orders", () => Results.Text($"[{string.Join(',', ListOpen().Select(order => order.ToJson("new")))}]", "application/json"));
        _app.MapGet("/v2/orders:by_client_order_id", (string client_order_id) => FindOrder(client_order_id));
        _app.MapGet("/v2/account/activities/FILL", () => Results.Text("[]", "application/json"));
        _app.MapGet("/v2/account/activities", () => Results.Text("[]", "application/json"));
        _app.MapGet("/v2/positions", () => Results.Text("[]", "application/json"));
        string[] listed = [Asset, .. StreamMessages.AllSymbols.Select(symbol => Asset.Replace($"\"{BarFeed.Symbol}\"", $"\"{symbol}\"", StringComparison.Ordinal))];
        _app.MapGet("/v2/assets", () => Results.Text($"[{string.Join(',', listed)}]", "application/json"));
        _app.MapGet("/v2/assets/{symbol}", (string symbol) =>
            symbol == BarFeed.Symbol ? Results.Text(Asset, "application/json") : Results.NotFound(new { code = 40410000, message = "asset not found" }));
        _app.MapGet("/v2/account", () => Results.Text(Account, "application/json"));
        _app.MapGet("/v2/clock", () => Results.Json(new
        {
            timestamp = _clock.GetUtcNow(), is_open = true, next_open = _clock.GetUtcNow().AddDays(1), next_close = _clock.GetUtcNow().AddHours(6),
        }));
        _app.Map("/stream", StreamAsync);
    }

    private async Task<IResult> TakeOrderAsync(HttpRequest request)
    {
        var body = await request.BodyReader.ReadAtLeastAsync((int)(request.ContentLength ?? 1));
        var at = Stopwatch.GetTimestamp();
        VenueOrder order;
        using (var json = JsonDocument.Parse(body.Buffer.ToArray()))
        {
            order = VenueOrder.Read(json.RootElement, Guid.CreateVersion7(_clock.GetUtcNow()), _clock.GetUtcNow()) with { IsFilled = _fillsAtOnce };
        }

        request.BodyReader.AdvanceTo(body.Buffer.End);
        lock (_orders)
        {
            _orders[order.ClientOrderId] = order;
            if (!_fillsAtOnce)
            {
                _open.Add(order.ClientOrderId);
            }
        }

        _arrivals.Writer.TryWrite(new OrderArrival(at, order.Quantity));
        if (_fillsAtOnce)
        {
            await TellAsync(order);
        }

        return Results.Text((order with { IsFilled = false }).ToJson("pending_new"), "application/json");
    }

    private async Task TellAsync(VenueOrder order) => await _updates.Writer.WriteAsync(Encoding.UTF8.GetBytes(
        $$$"""
        {"stream":"trade_updates","data":{"event":"fill","timestamp":"{{{VenueOrder.Instant(_clock.GetUtcNow())}}}","order":{{{order.ToJson("filled")}}},"price":"{{{BarFeed.Price}}}",
         "qty":"{{{order.Quantity}}}","position_qty":"{{{order.Quantity}}}","execution_id":"{{{Guid.CreateVersion7(_clock.GetUtcNow())}}}"}}
        """));

    private VenueOrder[] ListOpen()
    {
        lock (_orders)
        {
            return [.. Enumerable.Reverse(_open).Take(MostListed).Select(id => _orders[id])];
        }
    }

    private IResult FindOrder(string id)
    {
        lock (_orders)
        {
            return _orders.TryGetValue(id, out var order)
                ? Results.Text(order.ToJson(order.IsFilled ? "filled" : "new"), "application/json")
                : Results.Json(new { code = 40410000, message = $"order not found for {id}" }, statusCode: 404);
        }
    }

    private async Task StreamAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var cancelled = context.RequestAborted;
        var buffer = new byte[4096];
        await socket.ReceiveAsync(buffer, cancelled);
        await SendAsync("""{"stream":"authorization","data":{"action":"authenticate","status":"authorized"}}"""u8.ToArray());
        await socket.ReceiveAsync(buffer, cancelled);
        await SendAsync("""{"stream":"listening","data":{"streams":["trade_updates"]}}"""u8.ToArray());

        // Reading goes on beside, so that pings are answered.
        var reading = DrainAsync(socket, cancelled);
        await foreach (var update in _updates.Reader.ReadAllAsync(cancelled))
        {
            await SendAsync(update);
        }

        await reading;

        Task SendAsync(byte[] frame) => socket.SendAsync(frame, WebSocketMessageType.Binary, endOfMessage: true, cancelled);
    }

    private static async Task DrainAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        while (socket.State == WebSocketState.Open)
        {
            await socket.ReceiveAsync(buffer, cancellationToken);
        }
    }

    private const string Asset = $$"""
        {"id":"b0b6dd9d-8b9b-48a9-ba46-b9d54906e415","class":"us_equity","exchange":"ARCA","symbol":"{{BarFeed.Symbol}}","name":"Benchmark","status":"active",
         "tradable":true,"marginable":true,"shortable":true,"easy_to_borrow":true,"borrow_status":"easy_to_borrow","fractionable":true,
         "maintenance_margin_requirement":30,"margin_requirement_long":"30","margin_requirement_short":"30","attributes":[]}
        """;

    private const string Account = """
        {"id":"5d2f0a3e-7b7d-4f5e-9c62-0f1f4e7f3a10","account_number":"PABENCH00001","status":"ACTIVE","crypto_status":"ACTIVE","currency":"USD",
         "cash":"100000000","equity":"100000000","portfolio_value":"100000000","last_equity":"100000000","buying_power":"400000000","multiplier":"4",
         "trading_blocked":false,"transfers_blocked":false,"account_blocked":false,"shorting_enabled":true,"created_at":"2026-01-02T15:00:00Z"}
        """;
}

/// <summary>One order body at the broker.</summary>
/// <param name="At">Stopwatch timestamp of its last byte.</param>
/// <param name="Quantity">Units; every order behind it is for one, so also their number.</param>
internal readonly record struct OrderArrival(long At, decimal Quantity);
