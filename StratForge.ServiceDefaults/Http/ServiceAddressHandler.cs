using Microsoft.Extensions.Configuration;

namespace StratForge.ServiceDefaults.Http;

/// <summary>Turns <c>https+http://gateway/path</c> into an address of the service <c>gateway</c> from configuration
/// <c>services:gateway:https:0</c> or <c>services:gateway:http:0</c>. Hosts that are no known service pass unchanged.</summary>
internal sealed class ServiceAddressHandler(IConfiguration configuration) : DelegatingHandler
{
    private int _turn;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is { } uri && Resolve(uri) is { } address)
        {
            request.RequestUri = new Uri(address, uri.PathAndQuery);
        }

        return base.SendAsync(request, cancellationToken);
    }

    private Uri? Resolve(Uri uri)
    {
        var service = configuration.GetSection($"services:{uri.Host}");
        if (!service.Exists())
        {
            return null;
        }

        foreach (var scheme in uri.Scheme.Split('+'))
        {
            var addresses = service.GetSection(scheme).GetChildren()
                .Select(child => child.Value)
                .OfType<string>()
                .ToArray();
            if (addresses.Length > 0)
            {
                var turn = (uint)Interlocked.Increment(ref _turn);
                return new Uri(addresses[turn % (uint)addresses.Length]);
            }
        }

        return null;
    }
}
