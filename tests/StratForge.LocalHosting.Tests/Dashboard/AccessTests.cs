using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using StratForge.LocalHosting.Dashboard;

namespace StratForge.LocalHosting.Tests.Dashboard;

public sealed class AccessTests
{
    private const string Token = "the token of this test";

    [Fact]
    public async Task The_page_is_for_those_whom_the_console_told_its_token()
    {
        await using var builder = AWatchedApp(("ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN", Token));
        builder.AddExecutable("teller", "sh", ".", "-c", "echo the password is 1234");
        await using var app = await builder.BuildAsync();
        await app.StartAsync();
        using var browser = ABrowser(app);

        foreach (var path in (string[])["/", "/api/resources", "/api/resources/stream", "/api/logs/teller", "/api/traces", "/api/traces/1", "/login", "/login?t=wrong"])
        {
            using var refused = await browser.GetAsync(path);
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, refused.StatusCode));
            Assert.False(refused.Headers.Contains("Set-Cookie"));
        }

        using var stop = new HttpRequestMessage(HttpMethod.Post, "/api/resources/teller/resource-stop") { Headers = { { "X-Requested-By", "page" } } };
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.SendAsync(stop)).StatusCode);

        var page = await browser.GetStringAsync($"/login?t={Uri.EscapeDataString(Token)}");

        Assert.Contains("<title>Resources</title>", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/logs/teller")).StatusCode);
    }

    [Fact]
    public async Task The_cookie_is_not_the_token_and_scripts_do_not_see_it()
    {
        await using var builder = AWatchedApp(("ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN", Token));
        await using var app = await builder.BuildAsync();
        await app.StartAsync();
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = AddressOf(app) };

        using var login = await http.GetAsync($"/login?t={Uri.EscapeDataString(Token)}");
        var cookie = Assert.Single(login.Headers.GetValues("Set-Cookie"));

        Assert.Equal((HttpStatusCode.Redirect, "/"), (login.StatusCode, login.Headers.Location?.OriginalString));
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains($"-{http.BaseAddress!.Port}=", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain(Uri.EscapeDataString(Token), cookie, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bearer " + Token, HttpStatusCode.OK)]
    [InlineData("bearer " + Token, HttpStatusCode.OK)]
    [InlineData("Bearer " + Token + "!", HttpStatusCode.Unauthorized)]
    [InlineData(Token, HttpStatusCode.Unauthorized)]
    public async Task A_script_sends_the_token_along(string authorization, HttpStatusCode expected)
    {
        await using var builder = AWatchedApp(("DOTNET_DASHBOARD_FRONTEND_BROWSERTOKEN", Token));
        await using var app = await builder.BuildAsync();
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = AddressOf(app) };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);

        Assert.Equal(expected, (await http.GetAsync("/api/resources")).StatusCode);
    }

    [Fact]
    public async Task A_service_is_told_a_key_that_lets_its_spans_in_and_opens_nothing_else()
    {
        await using var builder = AWatchedApp();
        builder.AddProject<Projects.StratForge_SampleService>("service").WithHttpHealthCheck("/health");
        await using var app = await builder.BuildAsync();
        await app.StartAsync();
        await app.ResourceNotifications.WaitForResourceHealthyAsync("service", Patience.Token());
        using var service = app.CreateHttpClient("service");
        var told = (await service.GetFromJsonAsync<Dictionary<string, string>>("/environment"))!;
        var header = told["OTEL_EXPORTER_OTLP_HEADERS"].Split('=', 2);
        using var exporter = new HttpClient { BaseAddress = new Uri(told["OTEL_EXPORTER_OTLP_ENDPOINT"]) };

        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync());
        exporter.DefaultRequestHeaders.Add(header[0], "another");
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync());
        exporter.DefaultRequestHeaders.Remove(header[0]);
        exporter.DefaultRequestHeaders.Add(header[0], header[1]);
        Assert.Equal(HttpStatusCode.OK, await SendAsync());

        Assert.Equal("x-otlp-api-key", header[0]);
        using var reader = app.CreateDashboardClient();
        var traces = await reader.GetFromJsonAsync<JsonElement>("/api/traces");
        Assert.Equal(1, traces.GetProperty("received").GetProperty("spans").GetInt32());
        using var nosy = new HttpRequestMessage(HttpMethod.Get, "/api/logs/service") { Headers = { { "Authorization", $"Bearer {header[1]}" }, { header[0], header[1] } } };
        Assert.Equal(HttpStatusCode.Unauthorized, (await exporter.SendAsync(nosy)).StatusCode);

        async Task<HttpStatusCode> SendAsync()
        {
            using var body = new ByteArrayContent(Otlp.ARequest("service", Otlp.ASpan(1, 1, parent: null, name: "bar")));
            body.Headers.ContentType = new("application/x-protobuf");
            using var answer = await exporter.PostAsync("/v1/traces", body);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task A_token_that_was_given_to_the_AppHost_reaches_no_service()
    {
        await using var app = new ShellApp();
        app.Add("nosy", "env | grep -c BROWSERTOKEN >> $DIARY");
        Environment.SetEnvironmentVariable("ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN", Token);
        try
        {
            await app.StartAsync();
            await app.App.ResourceNotifications.WaitForResourceAsync("nosy", change => change.Snapshot.IsTerminal, Patience.Token());
        }
        finally
        {
            Environment.SetEnvironmentVariable("ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN", null);
        }

        Assert.Equal(["0"], app.Diary);
    }

    [Theory]
    [InlineData("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS")]
    [InlineData("DOTNET_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS")]
    public async Task Everybody_may_look_where_that_was_asked_for(string variable)
    {
        await using var builder = AWatchedApp((variable, "true"));
        await using var app = await builder.BuildAsync();
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = AddressOf(app) };

        Assert.Contains("<title>Resources</title>", await http.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/resources")).StatusCode);
        Assert.Contains("<title>Resources</title>", await http.GetStringAsync("/login?t=whatever"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("yes please")]
    [InlineData("")]
    public void Nothing_else_is_taken_for_that(string value) =>
        Assert.NotNull(new DashboardAccess(new ConfigurationBuilder()
            .AddInMemoryCollection([new("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS", value)]).Build()).Token);

    [Fact]
    public async Task Other_machines_do_not_reach_it()
    {
        await using var builder = AWatchedApp();
        await using var app = await builder.BuildAsync();
        await app.StartAsync();
        using var client = new TcpClient();

        // A server on all addresses would also be on this one.
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(IPAddress.Parse("127.0.0.2"), AddressOf(app).Port));
    }

    private static IDistributedApplicationTestingBuilder AWatchedApp(params (string Key, string Value)[] settings)
    {
        var builder = DistributedApplicationTestingBuilder.Create([], (options, _) => options.DisableDashboard = false);
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        return builder;
    }

    private static Uri AddressOf(DistributedApplication app)
    {
        using var client = app.CreateDashboardClient();
        return client.BaseAddress!;
    }

    private static HttpClient ABrowser(DistributedApplication app) => new() { BaseAddress = AddressOf(app) };
}
