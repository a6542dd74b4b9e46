using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StratForge.LocalHosting.ApplicationModel;

namespace StratForge.LocalHosting.Running;

/// <summary>Asks one question about one process: is it healthy?</summary>
internal interface IProbe
{
    string Name { get; }

    /// <returns>Null when it is; else what is wrong.</returns>
    Task<string?> AskAsync(IReadOnlyDictionary<EndpointAnnotation, int> ports, CancellationToken cancellationToken);
}

internal sealed class HttpProbeAnnotation(EndpointAnnotation endpoint, string path, int statusCode) : IResourceAnnotation
{
    public IProbe For(IResource resource, HttpClient http) => new HttpProbe(resource, endpoint, path, statusCode, http);

    private sealed class HttpProbe(IResource resource, EndpointAnnotation endpoint, string path, int statusCode, HttpClient http) : IProbe
    {
        public string Name => $"{resource.Name}_{endpoint.Name}_{path}_{statusCode}_check";

        public async Task<string?> AskAsync(IReadOnlyDictionary<EndpointAnnotation, int> ports, CancellationToken cancellationToken)
        {
            var address = new Uri($"{endpoint.UriScheme}://{endpoint.NearHost}:{ports[endpoint]}/{path.TrimStart('/')}");
            try
            {
                using var response = await http.GetAsync(address, cancellationToken);
                return (int)response.StatusCode == statusCode
                    ? null
                    : $"GET {path} answered {(int)response.StatusCode}: {Shortened(await response.Content.ReadAsStringAsync(cancellationToken))}";
            }
            catch (HttpRequestException exception)
            {
                return $"GET {path}: {exception.Message}";
            }
        }

        private static string Shortened(string text) => text.Length <= 200 ? text : text[..200] + " …";
    }
}

/// <summary>A health check registered with the host.</summary>
internal sealed class RegisteredProbe(string key, IServiceProvider services) : IProbe
{
    public string Name => key;

    public async Task<string?> AskAsync(IReadOnlyDictionary<EndpointAnnotation, int> ports, CancellationToken cancellationToken)
    {
        var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == key, cancellationToken);
        return report.Entries.TryGetValue(key, out var entry)
            ? entry.Status == HealthStatus.Healthy ? null : entry.Description ?? entry.Exception?.Message ?? "unhealthy"
            : $"No health check '{key}' is registered.";
    }
}

/// <summary>Healthy when a question to the server itself is answered.</summary>
internal sealed class ServerProbe(string name, Func<int?, CancellationToken, Task> ask, EndpointAnnotation? endpoint) : IProbe
{
    public string Name => name;

    public async Task<string?> AskAsync(IReadOnlyDictionary<EndpointAnnotation, int> ports, CancellationToken cancellationToken)
    {
        try
        {
            await ask(endpoint is not null && ports.TryGetValue(endpoint, out var port) ? port : null, cancellationToken);
            return null;
        }
        catch (Exception exception) when (exception is System.Data.Common.DbException or IOException
            or System.Net.Sockets.SocketException or TimeoutException or System.Security.Authentication.AuthenticationException)
        {
            return exception.Message;
        }
    }
}
