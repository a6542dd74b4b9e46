using System.Buffers;

namespace StratForge.Gateway.Streams.Bus;

/// <summary>What one look at the bus brought: all loops read the same bytes, and the last gives them back.</summary>
internal sealed class BusBatch
{
    private readonly byte[] _bytes;
    private int _readers;

    /// <param name="received">What was received.</param>
    /// <param name="readers">How many will call <see cref="Release"/>.</param>
    public BusBatch(ReadOnlySpan<byte> received, int readers)
    {
        _bytes = ArrayPool<byte>.Shared.Rent(received.Length);
        received.CopyTo(_bytes);
        _readers = readers;
    }

    public List<BusMessage> Messages { get; } = [];

    public ReadOnlySpan<byte> PayloadOf(BusMessage message) => _bytes.AsSpan(message.Start, message.Length);

    public void Release()
    {
        if (Interlocked.Decrement(ref _readers) == 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }
    }
}
