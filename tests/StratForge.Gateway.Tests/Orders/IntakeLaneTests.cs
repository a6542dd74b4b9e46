using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Identity;
using StratForge.Gateway.Market;
using StratForge.Gateway.Orders;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Orders;

/// <summary>The short way of orders past the middleware, and everything that has to keep an order from it.</summary>
public sealed class IntakeLaneTests : IAsyncLifetime
{
    private const string Listed = "https://desk.example.org";

    private static readonly DateTimeOffset Now = new(2024, 3, 5, 15, 0, 0, TimeSpan.Zero);

    private readonly FreshDatabase _database = new();
    private readonly FreshRedis _redis = new();
    private readonly Judged _judged = new();
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        await Task.WhenAll(_database.InitializeAsync(), _redis.InitializeAsync());
        _gateway = await StartAsync();
        await Eventually.BecomesAsync(() => Task.FromResult(_gateway.Services.GetRequiredService<BookKeeper>().IsLeading), leads => leads);
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _database.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task An_order_of_a_caller_who_is_known_takes_the_short_way_and_is_answered_like_any_other()
    {
        var user = await _gateway.NewUserAsync();

        using var whole = await PlaceAsync(user);
        var judged = _judged.Count;
        using var plain = await PlaceAsync(user);

        Assert.Equal((1, 1), (judged, _judged.Count));
        var (before, after) = (await CreatedAsync(whole), await CreatedAsync(plain));
        Assert.Equal(before.EnumerateObject().Select(property => property.Name), after.EnumerateObject().Select(property => property.Name));
        Assert.Equal($"/trade/orders/{after.GetProperty("id").GetString()}", plain.Headers.Location?.OriginalString);
        Assert.Equal(
            whole.Headers.Concat(whole.Content.Headers).Select(header => header.Key).Order(StringComparer.Ordinal),
            plain.Headers.Concat(plain.Content.Headers).Select(header => header.Key).Order(StringComparer.Ordinal));
        Assert.Equal(2, (await user.GetAsync("/trade/orders")).GetArrayLength());
    }

    [Theory]
    [InlineData("""{"symbol":""")]
    [InlineData("""[1]""")]
    [InlineData("""{"symbol":"SPY","qty":"many","side":"buy","type":"market"}""")]
    [InlineData("""{"symbol":"SPY","qty":1,"side":"up","type":"market"}""")]
    [InlineData("""{"symbol":"??","qty":1,"side":"buy","type":"limit","limit_price":1}""")]
    [InlineData("""{"symbol":"SPY","qty":1000000,"side":"buy","type":"limit","limit_price":100,"time_in_force":"gtc"}""")]
    public async Task What_is_wrong_with_an_order_is_said_alike_on_both_ways(string body)
    {
        var user = await _gateway.NewUserAsync();
        await user.GetAsync("/trade/orders");
        var known = _judged.Count;

        var plain = await RefusalAsync(user, body);
        var shortWay = _judged.Count - known;
        var whole = await RefusalAsync(user, body, ("Idempotency-Key", "a key"));

        Assert.Equal((0, 1), (shortWay, _judged.Count - known));
        Assert.Equal(whole, plain);
    }

    [Theory]
    [InlineData("""{"symbol":"SPY","qty":1,"side":"buy","type":"limit","limit_price":100,"time_in_force":"gtc"}""", true)]
    [InlineData("""{"symbol":"SPY","qty":1,"side":"buy","type":"limit","limit_price":100,"time_in_force":"gtc","extended_hours":false}""", false)]
    [InlineData("""{"SYMBOL":"SPY","qty":1,"side":"buy","type":"limit","limit_price":100,"time_in_force":"gtc","stop_loss":null}""", true)]
    public async Task An_order_that_is_less_plain_or_comes_in_pieces_is_taken_in_alike(string body, bool isChunked)
    {
        var user = await _gateway.NewUserAsync();
        await user.GetAsync("/trade/orders");
        var judged = _judged.Count;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/trade/orders") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TransferEncodingChunked = isChunked;

        using var answer = await user.Http.SendAsync(request);

        Assert.Equal((await CreatedAsync(answer)).GetProperty("id").GetGuid(), Assert.Single((await user.GetAsync("/trade/orders")).EnumerateArray()).GetProperty("id").GetGuid());
        Assert.Equal(judged, _judged.Count);
    }

    [Fact]
    public async Task Who_signs_out_is_turned_away_at_once()
    {
        var user = await _gateway.NewUserAsync();
        using var first = await PlaceAsync(user);
        using var second = await PlaceAsync(user);

        await user.PostForAsync("/api/auth/logout");
        using var third = await PlaceAsync(user);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, second.StatusCode));
        await Client.ProblemOf(third, HttpStatusCode.Unauthorized);
        Assert.Equal(2, await _database.ValueAsync<long>("select count(*) from orders"));
    }

    [Fact]
    public async Task No_token_a_forged_one_and_one_that_is_over_order_nothing()
    {
        var user = await _gateway.NewUserAsync();
        using var known = await PlaceAsync(user);
        var tokens = _gateway.Services.GetRequiredService<AccessTokens>();
        var genuine = user.Http.DefaultRequestHeaders.Authorization!.Parameter!;
        var caller = tokens.Read(genuine)!.Value.Caller;

        foreach (var authorization in new[]
        {
            null, new AuthenticationHeaderValue("Bearer", genuine[..^2] + (genuine.EndsWith("AA", StringComparison.Ordinal) ? "BB" : "AA")),
            new AuthenticationHeaderValue("Bearer", tokens.Issue(caller, TimeSpan.FromSeconds(-1))), new AuthenticationHeaderValue("Basic", genuine),
        })
        {
            user.Http.DefaultRequestHeaders.Authorization = authorization;
            using var answer = await PlaceAsync(user);
            Assert.Equal("unauthenticated", (await Client.ProblemOf(answer, HttpStatusCode.Unauthorized)).GetProperty("code").GetString());
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        }

        Assert.Equal(1, await _database.ValueAsync<long>("select count(*) from orders"));
    }

    [Theory]
    [InlineData(Listed, Listed)]
    [InlineData("https://evil.example.org", null)]
    public async Task A_page_of_another_site_goes_the_whole_way(string origin, string? allowed)
    {
        var user = await _gateway.NewUserAsync();
        using var known = await PlaceAsync(user);
        var judged = _judged.Count;

        using var answer = await PlaceAsync(user, ("Origin", origin));

        Assert.Equal(judged + 1, _judged.Count);
        Assert.Equal(allowed, answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? Assert.Single(values) : null);
    }

    [Theory]
    [InlineData(null, null, HttpStatusCode.Forbidden)]
    [InlineData("https://evil.example.org", "dashboard", HttpStatusCode.Forbidden)]
    [InlineData(null, "dashboard", HttpStatusCode.Created)]
    public async Task A_cookie_orders_for_our_own_pages_only(string? origin, string? client, HttpStatusCode expected)
    {
        var user = await _gateway.NewUserAsync();
        using var known = await PlaceAsync(user);
        var browser = _gateway.Anyone();
        using var login = await browser.PostAsync("/api/auth/login", new { email = user.Email, password = Client.Password });
        var cookie = Assert.Single(login.Headers.GetValues("Set-Cookie")).Split(';')[0];
        var judged = _judged.Count;

        using var answer = await PlaceAsync(
            browser,
            [("Cookie", cookie), .. origin is null ? [] : new[] { ("Origin", origin) }, .. client is null ? [] : new[] { ("X-SF-Client", client) }]);

        Assert.Equal((expected, judged + 1), (answer.StatusCode, _judged.Count));
    }

    [Fact]
    public async Task An_order_with_a_key_is_made_once_whoever_is_known()
    {
        var user = await _gateway.NewUserAsync();
        using var known = await PlaceAsync(user);

        using var first = await PlaceAsync(user, ("Idempotency-Key", "once"));
        using var again = await PlaceAsync(user, ("Idempotency-Key", "once"));

        Assert.Equal((await CreatedAsync(first)).GetRawText(), (await CreatedAsync(again)).GetRawText());
        Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotency-Replayed")));
        Assert.Equal(2, await _database.ValueAsync<long>("select count(*) from orders"));
    }

    [Fact]
    public async Task A_gateway_that_does_not_keep_the_books_hands_a_plain_order_on()
    {
        var user = await _gateway.NewUserAsync();
        await using var follower = await StartAsync();
        var elsewhere = new Client(follower.Address);
        elsewhere.SignIn(user.Http.DefaultRequestHeaders.Authorization!.Parameter!);
        await elsewhere.GetAsync("/trade/orders");

        using var answer = await PlaceAsync(elsewhere);

        Assert.False(follower.Services.GetRequiredService<BookKeeper>().IsLeading);
        Assert.Equal((await CreatedAsync(answer)).GetProperty("id").GetGuid(), Assert.Single((await user.GetAsync("/trade/orders")).EnumerateArray()).GetProperty("id").GetGuid());
    }

    [Fact]
    public void There_is_no_short_way_to_an_endpoint_that_asks_for_more_than_a_caller()
    {
        AssertRefused(endpoint => endpoint.RequireAuthorization(Caller.Admin));
        AssertRefused(endpoint => endpoint.RequireAuthorization(new AuthorizeAttribute { Roles = "admin" }));
        AssertRefused(endpoint => endpoint.RequireAuthorization(policy => policy.RequireAuthenticatedUser()));
        AssertRefused(endpoint => endpoint.WithMetadata(new EnableRateLimitingAttribute("auth")));
        Assert.Single(Endpoints(endpoint => endpoint.RequireAuthorization()));
    }

    private static void AssertRefused(Action<RouteGroupBuilder> ask) => Assert.Throws<InvalidOperationException>(() => Endpoints(ask));

    private static IReadOnlyList<Endpoint> Endpoints(Action<RouteGroupBuilder> ask)
    {
        var app = WebApplication.CreateSlimBuilder().Build();
        var group = app.MapGroup("/orders");
        group.MapPost("/", () => "taken in").WithIntakeLane();
        ask(group);
        return [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints)];
    }

    private static async Task<JsonElement> CreatedAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Created, text);
        return JsonElement.Parse(text);
    }

    // All but the trace, which differs from request to request.
    private static async Task<string> RefusalAsync(Client user, string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/trade/orders") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var answer = await user.Http.SendAsync(request);
        var problem = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        Assert.InRange((int)answer.StatusCode, 400, 499);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return string.Join('\n', problem.EnumerateObject().Where(property => property.Name != "traceId").Select(property => $"{property.Name}: {property.Value.GetRawText()}"));
    }

    private static Task<HttpResponseMessage> PlaceAsync(Client user, params (string Name, string Value)[] headers) => user.SendAsync(
        HttpMethod.Post, "/trade/orders", new { symbol = "SPY", qty = 1, side = "buy", type = "limit", limit_price = 100, time_in_force = "gtc" }, headers);

    private async Task<RunningGateway> StartAsync()
    {
        var gateway = await RunningGateway.StartAsync(
            _database, _redis, services => services.AddTransient<IPolicyEvaluator>(provider => new CountingEvaluator(provider.GetRequiredService<IAuthorizationService>(), _judged)),
            $"Cors:Origins={Listed}");
        gateway.Services.GetRequiredService<LastPrices>().Note(new LastPrice("SPY", 101, Now));
        return gateway;
    }

    private sealed class Judged
    {
        private int _orders;

        public int Count => Volatile.Read(ref _orders);

        public void Add() => Interlocked.Increment(ref _orders);
    }

    /// <summary>Counts the orders whose callers the whole pipeline judges.</summary>
    private sealed class CountingEvaluator(IAuthorizationService authorization, Judged judged) : PolicyEvaluator(authorization)
    {
        public override Task<AuthenticateResult> AuthenticateAsync(AuthorizationPolicy policy, HttpContext context)
        {
            if (HttpMethods.IsPost(context.Request.Method) && context.Request.Path == "/trade/orders")
            {
                judged.Add();
            }

            return base.AuthenticateAsync(policy, context);
        }
    }
}
