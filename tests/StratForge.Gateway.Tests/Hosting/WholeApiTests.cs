using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using StratForge.Contracts.Internal;

namespace StratForge.Gateway.Tests.Hosting;

/// <summary>Walks the table of endpoints as it is, so that what is added later is held to the same.</summary>
[Collection(OneGateway.Name)]
public sealed class WholeApiTests(GatewayFixture fixture)
{
    private static readonly string[] OpenToAnyone =
    [
        "POST /api/auth/register", "POST /api/auth/login", "POST /api/auth/refresh", "POST /api/auth/logout", "POST /api/auth/set-password",
        "GET /api/auth/registration", "GET /api/version", "GET /openapi/{documentName}.json", "GET /api/throws",
    ];

    private RunningGateway Gateway => fixture.Gateway;

    // The page's files, health probes and the page's own addresses answer no problems; everything else does.
    private IReadOnlyList<Route> Routes =>
    [
        .. Gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .OfType<RouteEndpoint>()
            .SelectMany(endpoint =>
                (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])
                    .Select(method => new Route(method, $"/{endpoint.RoutePattern.RawText!.Trim('/')}", endpoint)))
            .Where(route => IsApi(route.Pattern)),
    ];

    [Fact]
    public void The_table_holds_the_whole_api()
    {
        var known = Routes.Select(route => route.ToString()).ToHashSet(StringComparer.Ordinal);

        Assert.True(known.Count > 40, $"{known.Count} routes");
        Assert.Contains("POST /sessions/{id:guid}/stop", known);
        Assert.Contains("POST /api/sessions/{id:guid}/stop", known);
        Assert.Contains("POST /trade/orders", known);
        Assert.Contains("POST /internal/execute/batch", known);
    }

    [Fact]
    public async Task Whoever_is_not_signed_in_gets_nowhere()
    {
        var anyone = Gateway.Anyone();
        foreach (var route in Routes.Where(route => !route.IsInternal && !OpenToAnyone.Contains(route.ToString(), StringComparer.Ordinal)))
        {
            Assert.NotNull(route.Endpoint.Metadata.GetMetadata<IAuthorizeData>());
            await anyone.RefusedAsync(HttpStatusCode.Unauthorized, new HttpMethod(route.Method), route.PathWith(Guid.AllBitsSet));
        }
    }

    [Fact]
    public async Task Bad_bodies_get_a_problem_from_every_endpoint_that_takes_one()
    {
        var user = await Gateway.NewUserAsync();
        var session = await user.NewSessionAsync(await user.NewStrategyAsync());
        var walked = 0;
        foreach (var route in Routes.Where(route => route.Method is "POST" or "PUT" or "PATCH" && (route.TakesBody || route.IsInternal)))
        {
            foreach (var (body, mediaType) in BadBodies(route))
            {
                using var response = await SendAsync(user, route, route.PathWith(session), new StringContent(body, Encoding.UTF8, mediaType));
                await AssertProblemAsync(response, $"{route} with {body[..Math.Min(60, body.Length)]}");
                walked++;
            }
        }

        Assert.True(walked > 60, $"{walked} bodies");
    }

    [Fact]
    public async Task Bad_ids_and_bad_queries_get_a_problem_or_an_honest_answer()
    {
        var user = await Gateway.NewUserAsync();
        const string Nonsense =
            "limit=-1&cursor=%00%FF&symbol=%F0%9F%92%A9&symbols=;;&sessionId=7&strategyId=x&status=%00&start=x&end=x&before=x&timeframe=x&after=x&until=x&direction=x&side=x&from=x&to=x&points=x&asset=;;&reason=x&orderId=x";
        foreach (var route in Routes.Where(route => !route.IsInternal))
        {
            if (route.Pattern.Contains("{id", StringComparison.Ordinal))
            {
                using var noId = await SendAsync(user, route, route.Pattern.Replace("{id:guid}", "7", StringComparison.Ordinal).Replace("{version:int}", "1", StringComparison.Ordinal), null);
                Assert.Equal(HttpStatusCode.NotFound, noId.StatusCode);
                await AssertProblemAsync(noId, route.ToString());
            }

            if (route.Method == "GET")
            {
                using var nonsense = await SendAsync(user, route, $"{route.PathWith(Guid.AllBitsSet)}?{Nonsense}", null);
                if (!nonsense.IsSuccessStatusCode && route.Pattern != "/api/throws")
                {
                    await AssertProblemAsync(nonsense, route.ToString());
                }
            }
        }
    }

    [Fact]
    public async Task Someone_elses_ids_are_as_if_they_did_not_exist()
    {
        var owner = await Gateway.NewUserAsync();
        var stranger = await Gateway.NewUserAsync();
        var strategy = await owner.NewStrategyAsync();
        var session = await owner.NewSessionAsync(strategy);
        Gateway.Services.GetRequiredService<Gateway.Market.LastPrices>()
            .Note(new Gateway.Market.LastPrice("SPY", 100, new DateTimeOffset(2024, 3, 5, 12, 0, 0, TimeSpan.Zero)));
        var order = (await owner.PostForAsync("/trade/orders", new { symbol = "SPY", qty = 1, side = "buy", type = "limit", limit_price = 10 }))
            .GetProperty("id").GetGuid();
        var download = (await owner.PostForAsync("/api/market-data/downloads", new { symbols = new[] { "SPY" }, start = new DateTimeOffset(2024, 3, 4, 0, 0, 0, TimeSpan.Zero) }))
            .GetProperty("id").GetGuid();
        var webhook = (await owner.PostForAsync("/api/alerts/webhooks", new { name = "Mine", url = "https://nowhere.invalid/" }))
            .GetProperty("webhook").GetProperty("id").GetGuid();
        var alert = (await owner.PostForAsync(
            "/api/alerts", new { name = "Mine", kind = "price_above", symbol = "SPY", level = 900, webhookIds = new[] { webhook } })).GetProperty("id").GetGuid();
        await owner.PostForAsync($"/api/alerts/{alert}/test");
        var key = (await owner.PostForAsync("/api/users/me/api-keys", new { name = "Mine" })).GetProperty("apiKey").GetProperty("id").GetGuid();
        var signIn = (await owner.GetAsync("/api/users/me/sign-ins")).GetProperty("items")[0].GetProperty("id").GetGuid();
        var delivery = (await owner.GetAsync("/api/alerts/deliveries")).GetProperty("items")[0].GetProperty("id").GetGuid();

        foreach (var route in Routes.Where(
            route => !route.IsInternal && !route.IsForAdmins && route.Pattern.Contains("{id:guid}", StringComparison.Ordinal)))
        {
            var id = route.Pattern switch
            {
                _ when route.Pattern.StartsWith("/api/strategies/", StringComparison.Ordinal) => strategy,
                _ when route.Pattern.Contains("/sessions/", StringComparison.Ordinal) => session,
                _ when route.Pattern.StartsWith("/trade/orders/", StringComparison.Ordinal) => order,
                _ when route.Pattern.StartsWith("/api/market-data/jobs/", StringComparison.Ordinal) => download,
                _ when route.Pattern.StartsWith("/api/users/me/api-keys/", StringComparison.Ordinal) => key,
                _ when route.Pattern.StartsWith("/api/users/me/sign-ins/", StringComparison.Ordinal) => signIn,
                _ when route.Pattern.StartsWith("/api/alerts/webhooks/", StringComparison.Ordinal) => webhook,
                _ when route.Pattern.StartsWith("/api/alerts/deliveries/", StringComparison.Ordinal) => delivery,
                _ when route.Pattern.StartsWith("/api/alerts/", StringComparison.Ordinal) => alert,
                _ => throw new InvalidOperationException($"Tell this test what an id of {route} is."),
            };
            var body = route.Method switch
            {
                "PUT" when route.Pattern.EndsWith("trading-mode", StringComparison.Ordinal) => JsonElement.Parse("""{"mode":"pause"}"""),
                "PUT" => JsonElement.Parse("""{"name":"Mine now"}"""),
                "PATCH" when route.Pattern.StartsWith("/trade/orders/", StringComparison.Ordinal) => JsonElement.Parse("""{"qty":2}"""),
                "PATCH" when route.TakesBody => JsonElement.Parse("{}"),
                _ => default(object?),
            };

            using var response = await stranger.SendAsync(new HttpMethod(route.Method), route.PathWith(id), body);
            await Client.ProblemOf(response, HttpStatusCode.NotFound);
        }

        Assert.Equal("A strategy", (await owner.GetAsync($"/api/strategies/{strategy}")).GetProperty("name").GetString());
        Assert.Equal("STARTING", (await owner.GetAsync($"/sessions/{session}")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task What_admins_do_is_for_admins()
    {
        var user = await Gateway.NewUserAsync();
        var walked = 0;
        foreach (var route in Routes.Where(route => route.IsForAdmins))
        {
            using var response = await user.SendAsync(new HttpMethod(route.Method), route.PathWith(user.Id), route.TakesBody ? new { } : null);
            Assert.Equal("forbidden", (await Client.ProblemOf(response, HttpStatusCode.Forbidden)).GetProperty("code").GetString());
            walked++;
        }

        Assert.True(walked >= 9, $"{walked} routes");
    }

    private static bool IsApi(string pattern) =>
        pattern.StartsWith("/api/", StringComparison.Ordinal) || pattern.StartsWith("/sessions", StringComparison.Ordinal)
        || pattern.StartsWith("/trade/", StringComparison.Ordinal) || pattern.StartsWith("/internal", StringComparison.Ordinal)
        || pattern.StartsWith("/openapi", StringComparison.Ordinal);

    private static IEnumerable<(string Body, string MediaType)> BadBodies(Route route)
    {
        yield return ("{\"a\":", "application/json");
        yield return ("7", "application/json");
        yield return ("\"text\"", "application/json");
        if (!route.IsInternal)
        {
            yield return ("{}", "text/plain");
            yield return ("[]", "application/json");
        }

        yield return ($"{{\"name\":\"{new string('x', 1_100_000)}\"}}", "application/json");

        // Every field of the request in turn with something that no field is.
        foreach (var property in route.RequestType?.GetProperties() ?? [])
        {
            var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (type != typeof(JsonElement) && property.SetMethod is not null)
            {
                var name = property.GetCustomAttributes(typeof(System.Text.Json.Serialization.JsonPropertyNameAttribute), true)
                    .OfType<System.Text.Json.Serialization.JsonPropertyNameAttribute>().FirstOrDefault()?.Name
                    ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);
                yield return ($"{{\"{name}\":[{{}}]}}", "application/json");
            }
        }
    }

    private async Task<HttpResponseMessage> SendAsync(Client user, Route route, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(route.Method), new Uri(route.IsInternal ? Gateway.InternalAddress : Gateway.Address, path)) { Content = content };
        request.Headers.Add(InternalHeaders.ServiceKey, RunningGateway.ServiceKey);
        request.Headers.ExpectContinue = true;
        return await user.Http.SendAsync(request);
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, string what)
    {
        Assert.True((int)response.StatusCode is >= 400 and < 500, $"{what} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        var problem = await Client.ProblemOf(response, response.StatusCode);

        // Not one that merely repeats the status, nor one in the words of the framework.
        Assert.False(problem.GetProperty("code").GetString()!.StartsWith("http-", StringComparison.Ordinal), $"{what} answered {problem}");
        Assert.DoesNotContain("Implicit body", problem.GetProperty("detail").GetString()!, StringComparison.Ordinal);
    }

    private sealed record Route(string Method, string Pattern, RouteEndpoint Endpoint)
    {
        public bool IsInternal => Pattern.StartsWith("/internal", StringComparison.Ordinal);

        public bool IsForAdmins => Pattern.StartsWith("/api/admin/", StringComparison.Ordinal);

        public Type? RequestType => Endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType;

        public bool TakesBody => RequestType is not null;

        public string PathWith(Guid id) =>
            Pattern.Replace("{id:guid}", id.ToString(), StringComparison.Ordinal)
                .Replace("{replayId:guid}", id.ToString(), StringComparison.Ordinal)
                .Replace("{version:int}", "1", StringComparison.Ordinal)
                .Replace("{documentName}", "v1", StringComparison.Ordinal);

        public override string ToString() => $"{Method} {Pattern}";
    }
}
