using System.IO.Compression;
using System.Net;

namespace StratForge.Gateway.Tests.Dashboard;

public sealed class DashboardTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/app")]
    [InlineData("/app/sessions/0199aaaa-0000-7000-8000-000000000001")]
    [InlineData("/app/strategies/a.name.with.dots")]
    public async Task Every_address_of_the_page_answers_the_page(string path)
    {
        await using var served = await ServedPage.StartAsync(built: true);

        using var response = await served.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Contains("<p>page</p>", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
    }

    [Theory]
    [InlineData("/api")]
    [InlineData("/api/nothing")]
    [InlineData("/trade/account")]
    [InlineData("/internal/execute")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/swagger")]
    [InlineData("/health")]
    [InlineData("/sessions")]
    [InlineData("/live")]
    [InlineData("/assets/index-vanished.js")]
    [InlineData("/assets/../../appsettings.json")]
    [InlineData("/.vite/manifest.json")]
    [InlineData("/assets/index-abc123.js.br")]
    [InlineData("/application")]
    public async Task No_other_address_is_answered_by_the_page(string path)
    {
        await using var served = await ServedPage.StartAsync(built: true);

        using var response = await served.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task A_wrong_method_on_the_api_stays_the_apis_affair()
    {
        await using var served = await ServedPage.StartAsync(built: true);

        using var response = await served.GetAsync("/api/orders");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Fact]
    public async Task Each_answer_carries_a_nonce_of_its_own_in_page_and_policy()
    {
        await using var served = await ServedPage.StartAsync(built: true);

        var first = await NonceAsync(served);
        var second = await NonceAsync(served);

        Assert.NotEqual(first, second);
        Assert.Equal(18, Convert.FromBase64String(first).Length);
    }

    [Fact]
    public async Task The_policy_lets_no_foreign_and_no_inline_script_run()
    {
        await using var served = await ServedPage.StartAsync(built: true);

        using var response = await served.GetAsync("/");

        var policy = Policy(response);
        Assert.Equal("default-src 'none'", policy[0]);
        Assert.Contains("script-src 'self'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.DoesNotContain(policy, directive => directive.Contains("unsafe", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("br, gzip", "br")]
    [InlineData("gzip, deflate", "gzip")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("identity", null)]
    [InlineData(null, null)]
    public async Task A_file_comes_in_the_smallest_form_that_the_browser_takes(string? accepted, string? sent)
    {
        await using var served = await ServedPage.StartAsync(built: true);

        using var response = await served.GetAsync("/assets/index-abc123.js", accepted);

        Assert.Equal(sent, response.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal(ServedPage.Script, await UnpackAsync(response));
        Assert.Equal("Accept-Encoding", response.Headers.Vary.Single());
        Assert.Equal("text/javascript; charset=utf-8", response.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task A_file_that_is_not_worth_compressing_comes_as_it_is()
    {
        await using var served = await ServedPage.StartAsync(built: true);

        using var response = await served.GetAsync("/assets/inter-def456.woff2", "gzip, deflate, br, zstd");

        Assert.Empty(response.Content.Headers.ContentEncoding);
        Assert.Equal("font", await response.Content.ReadAsStringAsync());
        Assert.Equal("font/woff2", response.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task A_file_named_after_its_content_is_kept_for_ever_and_any_other_asked_about_again()
    {
        await using var served = await ServedPage.StartAsync(built: true);

        using var script = await served.GetAsync("/assets/index-abc123.js");
        using var icon = await served.GetAsync("/favicon.svg");
        using var again = await served.GetAsync("/favicon.svg", ifNoneMatch: icon.Headers.ETag?.ToString());

        Assert.Equal("public, max-age=31536000, immutable", script.Headers.GetValues("Cache-Control").Single());
        Assert.Equal("no-cache", icon.Headers.CacheControl?.ToString());
        Assert.Equal("image/svg+xml", icon.Content.Headers.ContentType?.ToString());
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Empty(await again.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Asking_for_the_head_alone_gets_no_body()
    {
        await using var served = await ServedPage.StartAsync(built: true);
        using var request = new HttpRequestMessage(HttpMethod.Head, "/app");

        using var response = await served.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Content.Headers.ContentLength > 0);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Without_a_built_page_the_root_says_how_to_get_it()
    {
        await using var served = await ServedPage.StartAsync(built: false);

        using var response = await served.GetAsync("/");
        var page = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("Node 20.19", page, StringComparison.Ordinal);
        Assert.DoesNotContain("__CSP_NONCE__", page, StringComparison.Ordinal);
    }

    private static async Task<string> NonceAsync(ServedPage served)
    {
        using var response = await served.GetAsync("/app");
        var page = await response.Content.ReadAsStringAsync();
        var nonce = page.Split("content=\"")[1].Split('"')[0];
        Assert.Contains($"style-src-elem 'self' 'nonce-{nonce}'", Policy(response));
        return nonce;
    }

    private static string[] Policy(HttpResponseMessage response) =>
        response.Headers.GetValues("Content-Security-Policy").Single().Split("; ");

    private static async Task<string> UnpackAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStreamAsync();
        using var reader = new StreamReader(response.Content.Headers.ContentEncoding.SingleOrDefault() switch
        {
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            _ => body,
        });
        return await reader.ReadToEndAsync();
    }
}
