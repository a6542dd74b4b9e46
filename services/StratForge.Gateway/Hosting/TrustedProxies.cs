using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.HttpOverrides;

namespace StratForge.Gateway.Hosting;

/// <summary>Proxies in front of the gateway whose word is taken for a caller's address, scheme and host (<c>X-Forwarded-*</c>): those on this machine,
/// and the addresses and networks of <c>Proxies__Trusted</c>, separated by commas: <c>10.0.0.0/8, 192.0.2.7</c>.</summary>
internal static class TrustedProxies
{
    public static void UseTrustedProxies(this WebApplication app)
    {
        // However many stand in a row: the first that is not trusted is the caller.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All, ForwardLimit = null };
        foreach (var network in Listed(app.Configuration))
        {
            options.KnownIPNetworks.Add(network);
        }

        app.UseForwardedHeaders(options);
    }

    private static IEnumerable<System.Net.IPNetwork> Listed(IConfiguration configuration) =>
        (configuration["Proxies:Trusted"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse);

    private static System.Net.IPNetwork Parse(string text) =>
        IPAddress.TryParse(text, out var address) ? new(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)
        : System.Net.IPNetwork.TryParse(text, out var network) ? network
        : throw new InvalidOperationException(
            $"Proxies__Trusted has '{text}'; give addresses and networks: 10.0.0.0/8, 192.0.2.7.");
}
