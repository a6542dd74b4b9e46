using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using StratForge.Contracts;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Market;
using StratForge.Gateway.Portfolio;
using StratForge.Gateway.Tests.Orders;
using StratForge.Gateway.Tests.Risk;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Sessions;

/// <summary>Gateways whose sessions trade at a venue in memory; this plays the worker.</summary>
internal sealed class TradedSessions(FreshDatabase database, FreshRedis redis)
{
    private static readonly DateTimeOffset Bar = DateTimeOffset.UnixEpoch.AddYears(54);

    public PaperVenue Venue { get; } = new(TimeProvider.System) { FillsAt = 100 };

    public Task<RunningGateway> StartAsync() => RunningGateway.StartAsync(database, redis, services =>
    {
        services.RemoveAll<IBroker>();
        services.AddSingleton<IBroker>(new ListingVenue(Venue));

        // Samples are the tests' own: the sampler takes its first one whenever it finds a price.
        foreach (var sampler in services.Where(service => service.ImplementationType == typeof(EquitySampler)).ToArray())
        {
            services.Remove(sampler);
        }
    });

    /// <summary>A session that a worker has claimed and loaded.</summary>
    public async Task<Guid> RunningAsync(Client user, string symbol = "SPY", object? settings = null)
    {
        var strategy = await user.NewStrategyAsync(symbol);
        var started = await user.PostForAsync($"/api/strategies/{strategy}/start", settings ?? new { });
        var session = started.GetProperty("data").GetProperty("session").GetProperty("id").GetGuid();
        await database.ExecuteAsync("""
            update sessions
            set status = 'RUNNING', lease_owner = 'a worker', lease_epoch = 1, lease_expires_at = now() + interval '1 hour', started_at = now()
            where id = $1
            """, session);

        // States that pass quickly are not told; what a test does next comes after this one.
        await Eventually.BecomesAsync(
            () => database.ValueAsync<string>("select told_status from sessions where id = $1", session), told => told == "RUNNING");
        return session;
    }

    /// <summary>Emits a signal, as its worker does.</summary>
    public static async Task<JsonElement> SignalAsync(
        RunningGateway gateway, Guid session, string symbol, Side side, decimal quantity, long seq, decimal? limit = null, bool recordOnly = false)
    {
        gateway.Services.GetRequiredService<LastPrices>().Note(new LastPrice(symbol, 100, TimeProvider.System.GetUtcNow()));
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.InternalAddress, recordOnly ? "/internal/signal" : "/internal/execute"))
        {
            Content = JsonContent.Create(
                new ExecuteSignal(
                    SignalIds.Derive(session, SessionEventKind.Bar, seq, 0), session, Guid.Empty, symbol, side, quantity, 1, 1,
                    SessionEventKind.Bar, seq, 0, Bar.AddMinutes(seq), OrderType: limit is null ? null : "limit", LimitPrice: limit),
                ContractsJson.Default.ExecuteSignal),
        };
        request.Headers.Add(InternalHeaders.ServiceKey, RunningGateway.ServiceKey);
        using var response = await http.SendAsync(request);
        return await Client.JsonOf(response);
    }

    /// <summary>Its worker lets go of a session that was told to stop.</summary>
    public Task LetGoAsync(Guid session) => database.ExecuteAsync("""
        update sessions set let_go_at = now(), lease_owner = null, lease_expires_at = null where id = $1 and status = 'STOPPING'
        """, session);

    public Task HoldsAsync(Guid session, decimal quantity) => Eventually.BecomesAsync(
        () => database.ValueAsync<decimal>("select coalesce(sum(quantity), 0) from positions where session_id = $1", session), held => held == quantity);

    public static Task<JsonElement> StandsAsync(Client user, Guid session, string status) => Eventually.BecomesAsync(
        () => user.GetAsync($"/sessions/{session}"), found => found.GetProperty("status").GetString() == status);

    /// <summary>What its owner was told of it, in order.</summary>
    public async Task<List<string>> ToldAsync(Guid session)
    {
        await using var command = database.DataSource.CreateCommand(
            "select data->>'status' from user_events where session_id = $1 and kind = 'session' order by id");
        command.Parameters.Add(new() { Value = session });
        await using var rows = await command.ExecuteReaderAsync();
        var told = new List<string>();
        while (await rows.ReadAsync())
        {
            told.Add(rows.GetString(0));
        }

        return told;
    }
}
