namespace StratForge.ServiceDefaults.Http;

/// <summary>Sends a request through the <see cref="ResiliencePolicy"/> that fits its method and remote.</summary>
internal sealed class ResilienceHandler(ResiliencePolicy policy) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken) =>
        await policy.For(request).ExecuteAsync(
            static async (attempt, token) => await attempt.Handler.SendOnceAsync(attempt.Request, token),
            (Handler: this, Request: request),
            cancellationToken);

    private Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        base.SendAsync(request, cancellationToken);
}
