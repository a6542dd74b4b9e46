using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Identity;
using StratForge.Testing;

namespace StratForge.Gateway.Tests;

/// <summary>The gateway as it runs, on a database and a bus of its own; the broker is quiet. Shared by the classes that only speak HTTP to it.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    private RunningGateway? _gateway;

    public FreshDatabase Database { get; } = new();

    public FreshRedis Redis { get; } = new();

    public RunningGateway Gateway => _gateway ?? throw new InvalidOperationException("Started once the fixture is initialised.");

    public async Task InitializeAsync()
    {
        await Task.WhenAll(Database.InitializeAsync(), Redis.InitializeAsync());
        _gateway = await RunningGateway.StartAsync(Database, Redis);
    }

    public async Task DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }

        await Database.DisposeAsync();
        await Redis.DisposeAsync();
    }
}

/// <summary>Classes of this collection share one gateway and run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class OneGateway : ICollectionFixture<GatewayFixture>
{
    public const string Name = "one gateway";
}

/// <summary>One gateway in this process, listening on real ports.</summary>
public sealed class RunningGateway : IAsyncDisposable
{
    public const string ServiceKey = "a service key for the tests only";

    private static int s_names;

    private readonly WebApplication _app;

    private RunningGateway(WebApplication app, int internalPort, Faults faults)
    {
        _app = app;
        Faults = faults;
        Address = new Uri(app.Urls.First(url => !url.EndsWith($":{internalPort}", StringComparison.Ordinal)));
        InternalAddress = new Uri($"http://127.0.0.1:{internalPort}");
    }

    public Uri Address { get; }

    public Uri InternalAddress { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>What it logged as an error.</summary>
    public Faults Faults { get; }

    /// <summary>Starts a gateway.</summary>
    /// <param name="settings">As on its command line: <c>Demo:Enabled=true</c>.</param>
    public static Task<RunningGateway> StartAsync(FreshDatabase database, FreshRedis redis, params string[] settings) =>
        StartAsync(database, redis, _ => { }, settings);

    /// <summary>Starts a gateway.</summary>
    /// <param name="adjust">Last word on its services: another venue than the quiet one.</param>
    /// <param name="settings">As on its command line.</param>
    public static async Task<RunningGateway> StartAsync(
        FreshDatabase database, FreshRedis redis, Action<IServiceCollection> adjust, params string[] settings)
    {
        var faults = new Faults();
        var internalPort = Ports.Free();
        string[] all =
        [
            $"urls=http://127.0.0.1:0;http://127.0.0.1:{internalPort}",
            $"INTERNAL_PORT={internalPort}",
            $"ConnectionStrings:stratforge={database.ConnectionString}",
            $"ConnectionStrings:redis={redis.ConnectionString}",
            $"Internal:Key={ServiceKey}",
            "Jwt:Secret=a secret of thirty-two bytes or more, for the tests only",
            "RateLimits:AuthPerMinute=100000",
            "RateLimits:UserPerSecond=100000",
            "RateLimits:AddressPerSecond=100000",
            "Broker:ApiKey=test",
            "Broker:SecretKey=test",
            "Broker:TradingUrl=http://127.0.0.1:9",
            "Broker:DataUrl=http://127.0.0.1:9",
            "Broker:DataStreamUrl=http://127.0.0.1:9",
            .. settings,
        ];
        var app = Program.Build([.. all.Select(setting => $"--{setting}")], builder =>
        {
            builder.Logging.ClearProviders().AddProvider(faults);
            builder.Services.RemoveAll<IBroker>();
            builder.Services.AddSingleton<IBroker, QuietBroker>();
            builder.Services.RemoveAll<IAccountHistory>();
            builder.Services.AddSingleton<IAccountHistory, QuietHistory>();
            // Nearly every test registers somebody: with all rounds that is a good part of the tests' time.
            builder.Services.RemoveAll<Passwords>();
            builder.Services.AddSingleton(_ => new Passwords(iterations: 1_000));
            adjust(builder.Services);
        });
        app.MapGet("/api/throws", (Microsoft.AspNetCore.Http.HttpContext _) => throw new InvalidTimeZoneException("a secret of the inside"));
        await app.StartAsync();
        return new RunningGateway(app, internalPort, faults);
    }

    /// <summary>Someone who has an account and is signed in by token.</summary>
    public Task<Client> NewUserAsync() => Client.RegisterAsync(Address, $"user{Interlocked.Increment(ref s_names)}");

    /// <summary>Someone who runs the platform.</summary>
    public async Task<Client> NewAdminAsync(FreshDatabase database)
    {
        var admin = await NewUserAsync();
        await admin.BecomeAdminAsync(database);
        return admin;
    }

    /// <summary>Someone who is not signed in and keeps no cookies.</summary>
    public Client Anyone() => new(Address);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>Speaks HTTP to the gateway.</summary>
public sealed record Client(Uri Address)
{
    public const string Password = "correct horse battery";

    public HttpClient Http { get; } =
        new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Address };

    public Guid Id { get; init; }

    public string Email { get; init; } = "";

    /// <summary>Registers under a new name and signs in by token.</summary>
    public static async Task<Client> RegisterAsync(Uri address, string name)
    {
        var client = new Client(address);
        using var response = await client.PostAsync("/api/auth/register", new { email = $"{name}@example.org", username = name, password = Password });
        var signIn = await JsonOf(response);
        client.SignIn(signIn.GetProperty("accessToken").GetString()!);
        return client with { Id = signIn.GetProperty("user").GetProperty("id").GetGuid(), Email = $"{name}@example.org" };
    }

    /// <summary>Is made someone who runs the platform, and signs in as that.</summary>
    public async Task BecomeAdminAsync(FreshDatabase database)
    {
        await database.ExecuteAsync("update users set role = 'admin' where id = $1", Id);
        var signIn = await PostForAsync("/api/auth/login", new { email = Email, password = Password });
        SignIn(signIn.GetProperty("accessToken").GetString()!);
    }

    public void SignIn(string accessToken) => Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);

    public static async Task<JsonElement> JsonOf(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{response.RequestMessage?.RequestUri} answered {(int)response.StatusCode}: {text}");
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }

    /// <summary>The problem that was answered, after checking that it is a proper one.</summary>
    public static async Task<JsonElement> ProblemOf(HttpResponseMessage response, HttpStatusCode status)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri} answered {(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonElement.Parse(text);
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.StartsWith("https://stratforge.dev/problems/", problem.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.False(string.IsNullOrWhiteSpace(problem.GetProperty("code").GetString()));
        Assert.False(string.IsNullOrWhiteSpace(problem.GetProperty("detail").GetString()));
        return problem;
    }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return Http.SendAsync(request);
    }

    public Task<HttpResponseMessage> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, body);

    public async Task<JsonElement> PostForAsync(string path, object? body = null)
    {
        using var response = await PostAsync(path, body);
        return await JsonOf(response);
    }

    public async Task<JsonElement> PutForAsync(string path, object body)
    {
        using var response = await SendAsync(HttpMethod.Put, path, body);
        return await JsonOf(response);
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path);
        return await JsonOf(response);
    }

    public async Task<JsonElement> RefusedAsync(HttpStatusCode status, HttpMethod method, string path, object? body = null)
    {
        using var response = await SendAsync(method, path, body);
        return await ProblemOf(response, status);
    }

    /// <summary>All items of a list, page by page.</summary>
    public async Task<List<JsonElement>> ListAsync(string path, int pageSize = 2)
    {
        var items = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = await GetAsync($"{path}?limit={pageSize}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}");
            items.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        return items;
    }

    public async Task<Guid> NewStrategyAsync(string symbol = "SPY", string code = "class A(Strategy): pass")
    {
        var strategy = await PostForAsync("/api/strategies", new { name = "A strategy", language = "python", symbol, code });
        return strategy.GetProperty("id").GetGuid();
    }

    public async Task<Guid> NewSessionAsync(Guid strategyId, string symbol = "SPY")
    {
        var started = await PostForAsync("/sessions", new { symbol, strategyId });
        return started.GetProperty("data").GetProperty("session").GetProperty("id").GetGuid();
    }
}
