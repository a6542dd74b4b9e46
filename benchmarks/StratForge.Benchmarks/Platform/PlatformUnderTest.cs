using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using StratForge.Benchmarks.Measuring;

namespace StratForge.Benchmarks.Platform;

/// <summary>The gateway and the worker as they ship, with as many sessions as asked that all buy one unit on every bar.</summary>
internal sealed class PlatformUnderTest(DistributedApplication application) : IAsyncDisposable
{
    // A user may have so many open sessions; more sessions mean more users.
    private const int SessionsPerUser = 20;

    private const string EveryBar = """
        public sealed class EveryBar : Strategy
        {
            public override Signal? OnBar(Bar bar) => Buy(1);
        }
        """;

    private readonly HttpClient _gateway = application.CreateHttpClient("gateway", "http");

    /// <summary>Registers users, starts the sessions and waits until each runs.</summary>
    public async Task StartSessionsAsync(int count)
    {
        var waiting = new List<(string Token, string Session)>();
        for (var started = 0; started < count; started += SessionsPerUser)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"bench{count}x{started}");
            var user = await PostAsync(null, "/api/auth/register", new { email = $"{name}@example.org", username = name, password = $"benchmark {name}" });
            var token = user.GetProperty("accessToken").GetString()!;
            var strategy = await PostAsync(token, "/api/strategies", new { name = "Every bar", language = "csharp", symbol = BarFeed.Symbol, code = EveryBar });
            for (var i = started; i < Math.Min(count, started + SessionsPerUser); i++)
            {
                var session = await PostAsync(
                    token, "/sessions", new { symbol = BarFeed.Symbol, type = "stock", strategyId = strategy.GetProperty("id").GetString() });
                waiting.Add((token, session.GetProperty("data").GetProperty("session").GetProperty("id").GetString()!));
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

    /// <summary>CPU time of a service and everything it started, so far.</summary>
    public TimeSpan CpuOf(string service)
    {
        if (!application.ResourceNotifications.TryGetCurrentState(service, out var state))
        {
            throw new InvalidOperationException($"No resource {service}.");
        }

        var root = Convert.ToInt32(
            state.Snapshot.Properties.Single(property => property.Name == "executable.pid").Value, CultureInfo.InvariantCulture);
        return ProcessTree.CpuOf(root);
    }

    public async ValueTask DisposeAsync()
    {
        _gateway.Dispose();
        await application.DisposeAsync();
    }

    private async Task<JsonElement> GetAsync(string token, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await SendAsync(request);
    }

    private async Task<JsonElement> PostAsync(string? token, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
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
