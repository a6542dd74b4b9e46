using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StratForge.SimulatedExchange.Faults;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Persistence;
using StratForge.Testing;

namespace StratForge.SimulatedExchange.Tests;

/// <summary>The exchange as the service runs it, on a port of its own, with time in the test's hands.</summary>
internal sealed class RunningExchange : IAsyncDisposable
{
    public const string Key = "PKTEST";
    public const string Secret = "test-secret";
    public const string AdminKey = "test-admin-key-of-faults";

    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private RunningExchange(WebApplication app, ManualClock clock, Uri address)
    {
        (_app, Clock, Address) = (app, clock, address);
        _client = new HttpClient { BaseAddress = address };
        _client.DefaultRequestHeaders.Add("APCA-API-KEY-ID", Key);
        _client.DefaultRequestHeaders.Add("APCA-API-SECRET-KEY", Secret);
    }

    public ManualClock Clock { get; }

    public Uri Address { get; }

    public TradingFloor Floor => _app.Services.GetRequiredService<TradingFloor>();

    /// <summary>What goes wrong here, planned without the detour over HTTP.</summary>
    public FaultPlan Faults => _app.Services.GetRequiredService<FaultPlan>();

    /// <summary>Starts with market seconds passing like real ones, so that a test says how long it waits.</summary>
    public static async Task<RunningExchange> StartAsync(params (string Key, string Value)[] settings)
    {
        var clock = new ManualClock(new DateTimeOffset(2026, 3, 4, 15, 0, 0, TimeSpan.Zero));
        var builder = WebApplication.CreateBuilder();
        builder.AddServiceDefaults();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Exchange:ApiKey"] = Key,
            ["Exchange:SecretKey"] = Secret,
            ["Exchange:Speed"] = "1",
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => $"Exchange:{setting.Key}", setting => (string?)setting.Value));
        builder.AddExchange();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapExchange();
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new RunningExchange(app, clock, new Uri(address));
    }

    /// <summary>Starts on the bars of <paramref name="market"/>.</summary>
    public static Task<RunningExchange> StartAsync(BarFile market, params (string Key, string Value)[] settings) =>
        StartAsync([("Replay", market.Path), .. settings]);

    /// <summary>Lets market time pass, in strides the exchange takes whole.</summary>
    public void Pass(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(5))
        {
            Clock.Advance(left < TimeSpan.FromSeconds(5) ? left : TimeSpan.FromSeconds(5));
            Floor.Walk();
        }
    }

    /// <summary>A request to the admin API, which an exchange started with <see cref="AdminKey"/> has.</summary>
    public async Task<Answer> AdminAsync(HttpMethod method, string path, string? body = null, string key = AdminKey)
    {
        using var client = new HttpClient { BaseAddress = Address };
        using var request = new HttpRequestMessage(method, path) { Headers = { Authorization = new("Bearer", key) } };
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    /// <summary>Plans a fault over HTTP.</summary>
    /// <returns>Its path.</returns>
    public async Task<string> PlanAsync(string fault)
    {
        var planned = await AdminAsync(HttpMethod.Post, "/admin/faults", fault);
        Assert.Equal(HttpStatusCode.Created, planned.Status);
        return planned.Headers["Location"];
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public Task<Answer> PostOrderAsync(object order) => SendAsync(HttpMethod.Post, "/v2/orders", JsonSerializer.Serialize(order));

    public async Task<Answer> SendAsync(HttpMethod method, string path, string? body = null, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, contentType);
        }

        return await SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await _client.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    /// <summary>A request without this account's credentials.</summary>
    public async Task<Answer> SendBareAsync(string path, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient { BaseAddress = Address };
        foreach (var (name, value) in headers)
        {
            client.DefaultRequestHeaders.Add(name, value);
        }

        using var response = await client.GetAsync(path);
        return await Answer.OfAsync(response);
    }

    /// <summary>Stops as the service does when it is told to.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>One answer, read whole.</summary>
internal sealed record Answer(HttpStatusCode Status, JsonElement Body, string Text, Dictionary<string, string> Headers)
{
    public JsonElement this[string name] => Body.GetProperty(name);

    public string Message => this["message"].GetString()!;

    public int Code => this["code"].GetInt32();

    public static async Task<Answer> OfAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        using var document = text.Length > 0 ? JsonDocument.Parse(text) : null;
        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(',', header.Value));
        return new Answer(response.StatusCode, document?.RootElement.Clone() ?? default, text, headers);
    }
}
