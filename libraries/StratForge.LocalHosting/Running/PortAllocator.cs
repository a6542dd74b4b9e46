using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace StratForge.LocalHosting.Running;

/// <summary>Finds free loopback ports.</summary>
/// <remarks>
/// Drawn at random below the range the kernel takes for outgoing connections, so that a port found free does not become some client's
/// before its owner listens on it; several applications on one machine rarely draw the same.
/// </remarks>
internal static class PortAllocator
{
    private const int First = 17_000;
    private const int Last = 32_000;

    private static readonly Lock s_drawing = new();
    private static readonly HashSet<int> s_drawn = [];

    public static int Free()
    {
        lock (s_drawing)
        {
            for (var attempt = 0; attempt < 2000; attempt++)
            {
                var port = RandomNumberGenerator.GetInt32(First, Last);
                if (!s_drawn.Contains(port) && IsFree(port))
                {
                    s_drawn.Add(port);
                    return port;
                }
            }
        }

        throw new DistributedApplicationException($"No free port between {First} and {Last}.");
    }

    /// <summary>Nobody listens on the port, on either loopback address, and we may.</summary>
    public static bool IsFree(int port) => WhyNot(port) is null;

    /// <summary>Why we can't listen on the port; null when we can.</summary>
    public static SocketError? WhyNot(int port) => WhyNot(IPAddress.Loopback, port) ?? WhyNot(IPAddress.IPv6Loopback, port);

    private static SocketError? WhyNot(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port) { ExclusiveAddressUse = false };
            listener.Start();
            return null;
        }
        catch (SocketException exception)
        {
            // A machine without IPv6 has no second address that could be taken.
            return exception.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported ? null : exception.SocketErrorCode;
        }
    }
}
