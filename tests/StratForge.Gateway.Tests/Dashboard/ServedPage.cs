using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using StratForge.Gateway.Dashboard;

namespace StratForge.Gateway.Tests.Dashboard;

/// <summary>The dashboard's part of the gateway alone, on a loopback port, serving files made for the test.</summary>
internal sealed class ServedPage : IAsyncDisposable
{
    public const string Script = "console.log('a script long enough to be worth compressing, compressing, compressing');";

    private readonly DirectoryInfo _root;
    private readonly WebApplication _app;

    private ServedPage(DirectoryInfo root, WebApplication app)
    {
        _root = root;
        _app = app;
        // Nothing is followed or unpacked behind the test's back.
        Http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = System.Net.DecompressionMethods.None })
        {
            BaseAddress = new Uri(app.Urls.Single()),
        };
    }

    public HttpClient Http { get; }

    /// <param name="built">Whether the build wrote a page; without Node it does not.</param>
    public static async Task<ServedPage> StartAsync(bool built)
    {
        var root = Directory.CreateTempSubdirectory("stratforge-dashboard-");
        if (built)
        {
            Write(root, "index.html", "<meta name=\"csp-nonce\" content=\"__CSP_NONCE__\"><p>page</p>");
            Write(root, "favicon.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
            Write(root, "assets/index-abc123.js", Script);
            Write(root, "assets/inter-def456.woff2", "font");
            Write(root, ".vite/manifest.json", "{}");
            await CompressAsync(root, "assets/index-abc123.js");
        }

        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { WebRootPath = root.FullName });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.AddDashboard();
        var app = builder.Build();
        app.MapPost("/api/orders", () => "ordered");
        app.MapDashboard();
        await app.StartAsync();
        return new ServedPage(root, app);
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string? acceptEncoding = null, string? ifNoneMatch = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (acceptEncoding is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", acceptEncoding);
        }

        if (ifNoneMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        }

        return await Http.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        _root.Delete(recursive: true);
    }

    private static void Write(DirectoryInfo root, string path, string text)
    {
        var file = Path.Combine(root.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private static async Task CompressAsync(DirectoryInfo root, string path)
    {
        var file = Path.Combine(root.FullName, path);
        var bytes = await File.ReadAllBytesAsync(file);
        await using (var brotli = new BrotliStream(File.Create(file + ".br"), CompressionLevel.SmallestSize))
        {
            await brotli.WriteAsync(bytes);
        }

        await using (var gzip = new GZipStream(File.Create(file + ".gz"), CompressionLevel.SmallestSize))
        {
            await gzip.WriteAsync(bytes);
        }
    }
}
