using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Bookkeeping;

/// <summary>Addresses of one gateway.</summary>
/// <param name="Public">For clients; null while it listens nowhere.</param>
/// <param name="Internal">For services; null when it has no such door.</param>
internal sealed record BooksDoors(string? Public, string? Internal);

/// <summary>Where other gateways reach this one while it keeps the books: <c>ADVERTISED_URL</c> and <c>ADVERTISED_INTERNAL_URL</c>, else what it
/// listens on.</summary>
internal sealed class BooksAddress(IServer server, IConfiguration configuration)
{
    /// <summary>The addresses of this gateway.</summary>
    public BooksDoors Own
    {
        get
        {
            var internalPort = ListeningAddresses.InternalPort(configuration);
            BindingAddress[] addresses = [.. (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []).Select(BindingAddress.Parse)];
            return new BooksDoors(
                configuration["ADVERTISED_URL"]?.TrimEnd('/') ?? Reach(addresses.FirstOrDefault(address => address.Port != internalPort)),
                configuration["ADVERTISED_INTERNAL_URL"]?.TrimEnd('/') ?? Reach(addresses.FirstOrDefault(address => address.Port == internalPort)));
        }
    }

    // A wildcard is reached under the machine's own name.
    private static string? Reach(BindingAddress? address) => address is null || address.Port == 0
        ? null
        : $"{address.Scheme}://{(address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? Dns.GetHostName() : address.Host)}:{address.Port}";
}
