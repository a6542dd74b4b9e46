using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using StackExchange.Redis;
using StratForge.Benchmarks.Platform;
using StratForge.Contracts;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;

namespace StratForge.Benchmarks.BarToBroker;

/// <summary>The same hops with nothing in them: a Redis message, one HTTP call with as many signals as there are sessions, one SQL statement that
/// stores them durably, one order at the broker. No strategy, no rules, no ledger.</summary>
internal sealed class BareLoop : IAsyncDisposable
{
    /// <summary>The symbol whose bars drive the loop: not the platform's, so that each runs alone.</summary>
    public const string Symbol = "BARE";

    private readonly WebApplication _gateway;
    private readonly NpgsqlDataSource _database;
    private readonly HttpClient _toGateway;
    private readonly HttpClient _toBroker;
    private readonly ISubscriber _bus;
    private readonly TimeProvider _clock;
    private readonly int _sessions;

    private BareLoop(
        WebApplication gateway, NpgsqlDataSource database, IConnectionMultiplexer redis, Uri broker, TimeProvider clock, int sessions)
    {
        _gateway = gateway;
        _database = database;
        _bus = redis.GetSubscriber();
        _toBroker = new HttpClient { BaseAddress = broker };
        _toGateway = new HttpClient();
        _clock = clock;
        _sessions = sessions;
    }

    public static async Task<BareLoop> StartAsync(
        NpgsqlDataSource database, IConnectionMultiplexer redis, Uri broker, TimeProvider clock, int sessions)
    {
        await using (var table = database.CreateCommand(
            "create table if not exists bare_orders (id uuid primary key, session_id uuid not null, symbol text not null, quantity numeric not null)"))
        {
            await table.ExecuteNonQueryAsync();
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var loop = new BareLoop(app, database, redis, broker, clock, sessions);
        app.MapPost("/execute", loop.TakeAsync);
        await app.StartAsync();
        loop._toGateway.BaseAddress = new Uri(app.Urls.First());
        await loop._bus.SubscribeAsync(
            new RedisChannel(Topics.Bars(Symbol), RedisChannel.PatternMode.Literal), (_, payload) => loop.Handle(payload!));
        return loop;
    }

    public async ValueTask DisposeAsync()
    {
        await _bus.UnsubscribeAllAsync();
        _toGateway.Dispose();
        _toBroker.Dispose();
        await _gateway.DisposeAsync();
    }

    // A failure ends the process: figures from a loop that lost messages would be worthless.
    private async void Handle(byte[] payload)
    {
        var bar = JsonSerializer.Deserialize(payload, ContractsJson.Default.BarMessage)!;
        var signals = new ExecuteSignal[_sessions];
        for (var i = 0; i < signals.Length; i++)
        {
            var id = Guid.CreateVersion7(_clock.GetUtcNow());
            signals[i] = new ExecuteSignal(
                id, id, id, bar.Symbol, Side.Buy, 1, 1, 1, SessionEventKind.Bar, bar.Seq, 0, bar.Timestamp);
        }

        using var answer = await _toGateway.PostAsync("/execute", Json(JsonSerializer.SerializeToUtf8Bytes(signals, ContractsJson.Default.ExecuteSignalArray)));
        answer.EnsureSuccessStatusCode();
    }

    private async Task TakeAsync(HttpRequest request)
    {
        var signals = (await JsonSerializer.DeserializeAsync(request.BodyReader, ContractsJson.Default.ExecuteSignalArray))!;
        await using var command = _database.CreateCommand("""
            insert into bare_orders (id, session_id, symbol, quantity)
            select * from unnest($1, $2, $3, $4)
            """);
        command.Parameters.Add(new() { Value = signals.Select(signal => signal.SignalId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = signals.Select(signal => signal.SessionId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = signals.Select(signal => signal.Symbol).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = signals.Select(signal => signal.Quantity).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Numeric });
        await command.ExecuteNonQueryAsync();

        var quantity = signals.Sum(signal => signal.Quantity);
        var order = $$"""{"symbol":"{{BarFeed.Symbol}}","qty":"{{quantity}}","side":"buy","type":"market","time_in_force":"day","client_order_id":"{{signals[0].SignalId}}"}""";
        using var answer = await _toBroker.PostAsync("/v2/orders", Json(System.Text.Encoding.UTF8.GetBytes(order)));
        answer.EnsureSuccessStatusCode();
    }

    private static ByteArrayContent Json(byte[] body) =>
        new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
}
