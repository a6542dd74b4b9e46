namespace StratForge.Gateway.Streams.Wires;

/// <summary>Sends through the server's own stream: server-sent events, TLS, HTTP/2.</summary>
internal sealed class StreamWire(HttpContext context, Stream stream) : Wire
{
    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        var written = stream.WriteAsync(bytes);
        return written.IsCompletedSuccessfully ? new ValueTask(stream.FlushAsync()) : FlushAfterAsync(written);
    }

    public override void Abort() => context.Abort();

    private async ValueTask FlushAfterAsync(ValueTask written)
    {
        await written;
        await stream.FlushAsync();
    }
}
