using StratForge.LocalHosting.Running;

namespace StratForge.Testing;

/// <summary>Loopback ports for what a test starts at an address it has to know beforehand.</summary>
/// <remarks>What can tell its address afterwards listens on port 0 instead.</remarks>
public static class Ports
{
    /// <summary>
    /// A port nobody listens on, not given before in this process. It lies below the range from which the kernel takes the ports of
    /// outgoing connections: one from that range may be some client's before its owner listens on it.
    /// </summary>
    public static int Free() => PortAllocator.Free();
}
