using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace StratForge.EndToEnd.Tests;

/// <summary>Someone outside who knows nothing but the gateway's address and its public documentation.</summary>
internal sealed class Visitor(Uri gateway) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = gateway, Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Registers under a new name and signs in.</summary>
    public static async Task<Visitor> RegisterAsync(Uri gateway, string name)
    {
        var visitor = new Visitor(gateway);
        var answer = await visitor.PostAsync(
            "/api/auth/register", new { email = $"{name}@example.org", username = name, password = $"correct horse {name}" });
        var login = await visitor.PostAsync(
            "/api/auth/login", new { email = $"{name}@example.org", password = $"correct horse {name}" });
        Assert.Equal(name, answer.GetProperty("user").GetProperty("username").GetString());
        visitor._http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", login.GetProperty("accessToken").GetString());
        return visitor;
    }

    /// <summary>Creates a strategy and starts a session of it.</summary>
    /// <returns>The session's id.</returns>
    public async Task<string> StartSessionAsync(string language, string code, string symbol)
    {
        var strategy = await PostAsync("/api/strategies", new { name = $"Bands in {language}", language, symbol, code });
        var started = await PostAsync(
            "/sessions", new { symbol, type = "stock", strategyId = strategy.GetProperty("id").GetString() });
        return started.GetProperty("data").GetProperty("session").GetProperty("id").GetString()!;
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative));
        return await ReadAsync(response);
    }

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var response = await _http.PostAsJsonAsync(path, body);
        return await ReadAsync(response);
    }

    public async Task<HttpStatusCode> StatusOfAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative));
        return response.StatusCode;
    }

    /// <summary>All items of a list, page by page.</summary>
    public async Task<IReadOnlyList<JsonElement>> ListAsync(string path)
    {
        var items = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var page = await GetAsync($"{path}{separator}limit=100{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}");
            items.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        return items;
    }

    public void Dispose() => _http.Dispose();

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{response.RequestMessage?.RequestUri} answered {(int)response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement.Clone();
    }
}
