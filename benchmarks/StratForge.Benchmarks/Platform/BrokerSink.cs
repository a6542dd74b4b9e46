using System.Buffers;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace StratForge.Benchmarks.Platform;

/// <summary>The far end: takes orders as Alpaca would, notes when each body was there, and fills everything at once.</summary>
/// <remarks>It lives in the measuring process so that its arrival times and the bars' departure times come from one clock.</remarks>
internal sealed class BrokerSink : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TimeProvider _clock;
    private readonly Channel<OrderArrival> _arrivals = Channel.CreateUnbounded<OrderArrival>();
    private readonly Channel<byte[]> _updates = Channel.CreateBounded<byte[]>(100_000);
    private readonly Dictionary<string, string> _orders = new(StringComparer.Ordinal);

    private BrokerSink(WebApplication app, TimeProvider clock)
    {
        _app = app;
        _clock = clock;
    }

    public Uri Address => new(_app.Urls.First());

    public ChannelReader<OrderArrival> Arrivals => _arrivals.Reader;

    public static async Task<BrokerSink> StartAsync(TimeProvider clock)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.UseWebSockets();
        var sink = new BrokerSink(app, clock);
        sink.Map();
        await app.StartAsync();
        return sink;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private void Map()
    {
        _app.MapPost("/v2/orders", TakeOrderAsync);
        _app.MapGet("/v2/orders", () => Results.Text("[]", "application/json"));
        _app.MapGet("/v2/orders:by_client_order_id", (string client_order_id) => FindOrder(client_order_id));
        _app.MapGet("/v2/account/activities/FILL", () => Results.Text("[]", "application/json"));
        _app.MapGet("/v2/account/activities", () => Results.Text("[]", "application/json"));
        _app.MapGet("/v2/positions", () => Results.Text("[]", "application/json"));
        _app.MapGet("/v2/assets", () => Results.Text($"[{Asset}]", "application/json"));
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
        using var order = JsonDocument.Parse(body.Buffer.ToArray());
        request.BodyReader.AdvanceTo(body.Buffer.End);

        var id = order.RootElement.GetProperty("client_order_id").GetString()!;
        var quantity = Number(order.RootElement.GetProperty("qty"));
        var side = order.RootElement.GetProperty("side").GetString()!;
        _arrivals.Writer.TryWrite(new OrderArrival(at, quantity));

        var venueId = Guid.CreateVersion7(_clock.GetUtcNow());
        var now = _clock.GetUtcNow().UtcDateTime.ToString("O");
        string Shape(string status, decimal filled) => $$"""
            {"id":"{{venueId}}","client_order_id":"{{id}}","created_at":"{{now}}","updated_at":"{{now}}","submitted_at":"{{now}}",
             "filled_at":null,"expired_at":null,"expires_at":null,"canceled_at":null,"failed_at":null,"replaced_at":null,"replaced_by":null,"replaces":null,
             "asset_id":"b0b6dd9d-8b9b-48a9-ba46-b9d54906e415","symbol":"{{BarFeed.Symbol}}","asset_class":"us_equity","notional":null,"qty":"{{quantity}}",
             "filled_qty":"{{filled}}","filled_avg_price":{{(filled > 0 ? $"\"{BarFeed.Price}\"" : "null")}},"order_class":"","order_type":"market","type":"market","side":"{{side}}",
             "position_intent":"{{side}}_to_open","time_in_force":"day","limit_price":null,"stop_price":null,"status":"{{status}}","extended_hours":false,"legs":null,
             "trail_percent":null,"trail_price":null,"hwm":null,"subtag":null,"source":null}
            """;
        lock (_orders)
        {
            _orders[id] = Shape("filled", quantity);
        }

        await _updates.Writer.WriteAsync(Encoding.UTF8.GetBytes(
            $$$"""
            {"stream":"trade_updates","data":{"event":"fill","timestamp":"{{{now}}}","order":{{{Shape("filled", quantity)}}},"price":"{{{BarFeed.Price}}}",
             "qty":"{{{quantity}}}","position_qty":"{{{quantity}}}","execution_id":"{{{Guid.CreateVersion7(_clock.GetUtcNow())}}}"}}
            """));
        return Results.Text(Shape("pending_new", 0), "application/json");
    }

    private IResult FindOrder(string id)
    {
        lock (_orders)
        {
            return _orders.TryGetValue(id, out var order)
                ? Results.Text(order, "application/json")
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

    private static decimal Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.String
            ? decimal.Parse(value.GetString()!, System.Globalization.CultureInfo.InvariantCulture)
            : value.GetDecimal();

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
/// <param name="Quantity">Units; each session orders one, so also the number of sessions' orders in it.</param>
internal readonly record struct OrderArrival(long At, decimal Quantity);
