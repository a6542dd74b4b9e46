using System.Net;
using System.Net.Sockets;

namespace StratForge.Gateway.Alerts;

/// <summary>Addresses that belong to the internet and not to this machine, its networks, or nobody.</summary>
/// <remarks>By the IANA registries of special-purpose addresses (RFC 6890 and its successors). Of IPv6 only global unicast, 2000::/3, is
/// public at all; what carries an IPv4 address within is refused, since it may lead anywhere.</remarks>
internal static class PublicAddresses
{
    private static readonly IPNetwork[] s_notPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            // Protocol assignments, Teredo among them; documentation; 6to4, which carries any IPv4 address.
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork s_globalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>Whether an address is public.</summary>
    public static bool Contains(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily switch
        {
            AddressFamily.InterNetwork => !Array.Exists(s_notPublic, network => network.Contains(plain)),
            AddressFamily.InterNetworkV6 => s_globalUnicast.Contains(plain) && !Array.Exists(s_notPublic, network => network.Contains(plain)),
            _ => false,
        };
    }
}
