using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using StratForge.Benchmarks.Measuring;

namespace StratForge.Benchmarks.Platform;

/// <summary>The gateway and the worker as they ship, spoken to from outside.</summary>
internal sealed class PlatformUnderTest(DistributedApplication application) : IAsyncDisposable
{
    // A user may have so many open sessions; more sessions mean more users.
    private const int SessionsPerUser = 20;

    private const string Operator = "operator";

    private const string EveryBar = """
        public sealed class EveryBar : Strategy
        {
            public override Signal? OnBar(Bar bar) => Buy(1);
        }
        """;

    private readonly HttpClient _gateway = application.CreateHttpClient("gateway", "http");
    private HttpClient? _worker;
    private long _eventsHandled;

    /// <summary>Who runs the platform, as its configuration has to name him.</summary>
    public static string OperatorEmail => EmailOf(Operator);

    /// <summary>What he signs in with.</summary>
    public static string OperatorPassword => PasswordOf(Operator);

    /// <summary>Where the gateway listens.</summary>
    /// <param name="endpoint"><c>http</c> or <c>internal</c>.</param>
    public Uri AddressOf(string endpoint) => application.GetEndpoint("gateway", endpoint);

    /// <summary>Takes the house's limits away: what stops a program that has run wild would stop a benchmark too.</summary>
    public async Task LiftLimitsAsync()
    {
        var signIn = await PostAsync(null, "/api/auth/login", new { email = OperatorEmail, password = OperatorPassword });
        await SendAsync(signIn.GetProperty("accessToken").GetString(), HttpMethod.Put, "/api/admin/risk", new { allowShorting = true });
    }

    /// <summary>Events that the worker's hosts have handled so far.</summary>
    public async Task<long> EventsHandledAsync()
    {
        var worker = _worker ??= application.CreateHttpClient("worker", "http");
        using var answer = await worker.GetAsync(new Uri("/health", UriKind.Relative));
        if (!answer.IsSuccessStatusCode)
        {
            // Too busy to say, which is no end yet.
            return _eventsHandled;
        }

        using var health = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync());
        return _eventsHandled = Find(health.RootElement) ?? throw new InvalidOperationException("The worker's health page shows no events.");

        static long? Find(JsonElement element) => element.ValueKind != JsonValueKind.Object ? null
            : element.TryGetProperty("events", out var events) ? events.GetInt64()
            : element.EnumerateObject().Select(property => Find(property.Value)).FirstOrDefault(found => found is not null);
    }

    /// <summary>Registers users, starts as many sessions as asked, and waits until each runs.</summary>
    /// <param name="count">How many.</param>
    /// <param name="code">What they run; if not given, they buy one unit on every bar.</param>
    public async Task StartSessionsAsync(int count, string code = EveryBar)
    {
        var waiting = new List<(string Token, string Session)>();
        for (var started = 0; started < count; started += SessionsPerUser)
        {
            var token = await RegisterAsync(string.Create(CultureInfo.InvariantCulture, $"bench{count}x{started}"));
            var strategy = await CreateStrategyAsync(token, code);
            for (var i = started; i < Math.Min(count, started + SessionsPerUser); i++)
            {
                waiting.Add((token, await StartSessionAsync(token, strategy)));
            }
        }

        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        foreach (var (token, session) in waiting)
        {
            while (true)
            {
                var state = await GetAsync(token, $"/sessions/{session}");
                var status = state.GetProperty("status").GetString();
                if (status == "RUNNING")
                {
                    break;
                }

                if (status == "FAILED")
                {
                    throw new InvalidOperationException($"A session failed: {state}");
                }

                await timer.WaitForNextTickAsync();
            }
        }
    }

    /// <summary>Registers a user, which opens an account with the opening deposit.</summary>
    /// <returns>An access token.</returns>
    public async Task<string> RegisterAsync(string name)
    {
        var user = await PostAsync(null, "/api/auth/register", new { email = EmailOf(name), username = name, password = PasswordOf(name) });
        return user.GetProperty("accessToken").GetString()!;
    }

    /// <summary>Stores a strategy, the one that buys one unit on every bar unless another is given.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> CreateStrategyAsync(string token, string code = EveryBar)
    {
        var strategy = await PostAsync(token, "/api/strategies", new { name = "Every bar", language = "csharp", symbol = BarFeed.Symbol, code });
        return strategy.GetProperty("id").GetString()!;
    }

    /// <summary>Asks for a session; it runs once a worker has it.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> StartSessionAsync(string token, string strategy)
    {
        var session = await PostAsync(token, "/sessions", new { symbol = BarFeed.Symbol, type = "stock", strategyId = strategy });
        return session.GetProperty("data").GetProperty("session").GetProperty("id").GetString()!;
    }

    /// <summary>CPU time of a service and everything it started, so far.</summary>
    public TimeSpan CpuOf(string service) => ProcessTree.CpuOf(ProcessOf(service));

    /// <summary>Id of a service's process.</summary>
    public int ProcessOf(string service)
    {
        if (!application.ResourceNotifications.TryGetCurrentState(service, out var state))
        {
            throw new InvalidOperationException($"No resource {service}.");
        }

        return Convert.ToInt32(
            state.Snapshot.Properties.Single(property => property.Name == "executable.pid").Value, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        _gateway.Dispose();
        _worker?.Dispose();
        await application.DisposeAsync();
    }

    private static string EmailOf(string name) => $"{name}@example.org";

    private static string PasswordOf(string name) => $"benchmark {name}";

    private async Task<JsonElement> GetAsync(string token, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await SendAsync(request);
    }

    private Task<JsonElement> PostAsync(string? token, string path, object body) => SendAsync(token, HttpMethod.Post, path, body);

    private async Task<JsonElement> SendAsync(string? token, HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return await SendAsync(request);
    }

    private async Task<JsonElement> SendAsync(HttpRequestMessage request)
    {
        using var response = await _gateway.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? JsonDocument.Parse(text).RootElement.Clone()
            : throw new InvalidOperationException($"{request.RequestUri} answered {(int)response.StatusCode}: {text}");
    }
}
