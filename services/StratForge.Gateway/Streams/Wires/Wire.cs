namespace StratForge.Gateway.Streams.Wires;

/// <summary>Where the bytes for one client go. One sender at a time.</summary>
internal abstract class Wire
{
    /// <summary>Sends. It is done at once when the buffers between here and the client take everything, which is the usual case; otherwise the
    /// memory has to stay as it is until it is.</summary>
    /// <exception cref="IOException">The client is gone.</exception>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Cuts the connection.</summary>
    public abstract void Abort();
}
