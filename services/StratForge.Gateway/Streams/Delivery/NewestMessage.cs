namespace StratForge.Gateway.Streams.Delivery;

/// <summary>The newest message of a topic as clients get it; empty before the first. On the loop only.</summary>
internal sealed class NewestMessage
{
    private byte[] _bytes = [];

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    public int Length { get; private set; }

    /// <summary>Room for the next one. The same memory is written over and over: clients copy from it.</summary>
    public Span<byte> Begin(int length)
    {
        if (_bytes.Length < length)
        {
            _bytes = new byte[length + (length / 4)];
        }

        Length = length;
        return _bytes.AsSpan(0, length);
    }
}
