using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using StratForge.Gateway.Market;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Alerts;

/// <summary>A gateway that posts to this machine, quickly, with a receiver beside it.</summary>
public sealed class AlertHouse : IAsyncLifetime
{
    private static readonly string[] s_settings =
    [
        "Alerts:AllowPrivateWebhooks=true", "Alerts:WebhookRetryAfter=00:00:00.02", "Alerts:WebhookAttempts=3", "Alerts:WebhookTimeout=00:00:15",
        "Streams:TailEvery=00:00:00.1",
    ];

    private static readonly DateTimeOffset s_noon = new(2026, 3, 5, 17, 0, 0, TimeSpan.Zero);

    private static long s_moments;

    private readonly List<RunningGateway> _gateways = [];

    public FreshDatabase Database { get; } = new();

    public FreshRedis Redis { get; } = new();

    internal WebhookReceiver Receiver { get; private set; } = null!;

    public RunningGateway Gateway { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Task.WhenAll(Database.InitializeAsync(), Redis.InitializeAsync());
        Receiver = await WebhookReceiver.StartAsync();
        Gateway = await StartGatewayAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (var gateway in _gateways.ToArray())
        {
            await StopAsync(gateway);
        }

        await Receiver.DisposeAsync();
        await Database.DisposeAsync();
        await Redis.DisposeAsync();
    }

    /// <summary>Stops a gateway; the others go on.</summary>
    public async Task StopAsync(RunningGateway gateway)
    {
        _gateways.Remove(gateway);
        await gateway.DisposeAsync();
    }

    /// <summary>Starts a gateway.</summary>
    public async Task<RunningGateway> StartGatewayAsync()
    {
        var gateway = await RunningGateway.StartAsync(Database, Redis, s_settings);
        _gateways.Add(gateway);
        return gateway;
    }

    /// <summary>Makes a price known at gateways, as the bus does.</summary>
    internal static void Price(string symbol, decimal price, params RunningGateway[] gateways)
    {
        var at = s_noon.AddMilliseconds(Interlocked.Increment(ref s_moments));
        foreach (var gateway in gateways)
        {
            gateway.Services.GetRequiredService<LastPrices>().Note(new LastPrice(symbol, price, at));
        }
    }

    public void Price(string symbol, decimal price) => Price(symbol, price, Gateway);

    /// <summary>Makes an alert and waits until it stands where it should.</summary>
    internal static async Task<Guid> WaitingAsync(Client user, object alert, string state = "waiting")
    {
        var id = (await user.PostForAsync("/api/alerts", alert)).GetProperty("id").GetGuid();
        await BecomesAsync(user, id, state);
        return id;
    }

    internal static Task<JsonElement> BecomesAsync(Client user, Guid alert, string state) => Eventually.BecomesAsync(
        () => user.GetAsync($"/api/alerts/{alert}"), now => now.GetProperty("state").GetString() == state);

    internal static Task<JsonElement> FiredAsync(Client user, Guid alert, int times) => Eventually.BecomesAsync(
        () => user.GetAsync($"/api/alerts/{alert}"), now => now.GetProperty("firings").GetInt32() == times);

    /// <summary>A webhook that leads to the receiver, and its secret.</summary>
    internal async Task<(Guid Id, string Secret)> WebhookAsync(Client user)
    {
        var made = await user.PostForAsync("/api/alerts/webhooks", new { name = "My program", url = Receiver.Url });
        return (made.GetProperty("webhook").GetProperty("id").GetGuid(), made.GetProperty("secret").GetString()!);
    }
}
