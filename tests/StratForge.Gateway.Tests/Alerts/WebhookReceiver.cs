using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace StratForge.Gateway.Tests.Alerts;

/// <summary>What was posted, as it arrived.</summary>
internal sealed record Posted(byte[] Body, IReadOnlyDictionary<string, string> Headers);

/// <summary>A program of a user's that takes what alerts post.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<Posted> _posted = Channel.CreateUnbounded<Posted>();

    private WebhookReceiver(WebApplication app) => _app = app;

    /// <summary>How the next posts are answered, one after the other; 200 when nothing is left.</summary>
    public ConcurrentQueue<Func<HttpContext, Task>> Answers { get; } = new();

    public string Url => _app.Urls.First();

    public int Count { get; private set; }

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new WebhookReceiver(app);
        app.Run(receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    public void Answer(HttpStatusCode status, string text = "") => Answers.Enqueue(context =>
    {
        context.Response.StatusCode = (int)status;
        return context.Response.WriteAsync(text);
    });

    /// <summary>The next post.</summary>
    public async Task<Posted> NextAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        return await _posted.Reader.ReadAsync(patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Count++;
        await _posted.Writer.WriteAsync(new Posted(
            body.ToArray(), context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        if (Answers.TryDequeue(out var answer))
        {
            await answer(context);
        }
    }
}
