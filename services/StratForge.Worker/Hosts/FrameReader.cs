using System.Buffers;
using System.Buffers.Binary;

namespace StratForge.Worker.Hosts;

/// <summary>Cuts the bytes of one host's pipe into frames, wherever the reads happened to fall.</summary>
/// <remarks>What a host writes is not trusted: a length is checked before a byte is reserved for it.</remarks>
/// <param name="maxFrame">Largest frame accepted, bytes.</param>
internal sealed class FrameReader(int maxFrame)
{
    private const int HeaderSize = 4;
    private readonly byte[] _header = new byte[HeaderSize];
    private byte[]? _partial;
    private int _headerFilled;
    private int _length;
    private int _filled;

    /// <summary>Takes the next whole frame out of <paramref name="input"/> and of what was left over before.</summary>
    /// <param name="input">Bytes not yet used; advanced past what was taken.</param>
    /// <param name="frame">The frame without its length; valid until the next call.</param>
    /// <returns><see langword="false"/> when more bytes are needed; <paramref name="input"/> is then used up.</returns>
    /// <exception cref="InvalidDataException">The length is not one a frame may have.</exception>
    public bool TryRead(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> frame)
    {
        frame = default;
        if (_headerFilled == HeaderSize && _filled == _length)
        {
            Release();
        }

        // The common case: the whole frame lies in what was read, and nothing is copied.
        if (_headerFilled == 0 && input.Length >= HeaderSize)
        {
            var length = CheckedLength(input);
            if (input.Length - HeaderSize >= length)
            {
                frame = input.Slice(HeaderSize, length);
                input = input[(HeaderSize + length)..];
                return true;
            }
        }

        if (_headerFilled < HeaderSize)
        {
            var taken = Math.Min(HeaderSize - _headerFilled, input.Length);
            input[..taken].CopyTo(_header.AsSpan(_headerFilled));
            input = input[taken..];
            _headerFilled += taken;
            if (_headerFilled < HeaderSize)
            {
                return false;
            }

            _length = CheckedLength(_header);
            _partial = ArrayPool<byte>.Shared.Rent(_length);
            _filled = 0;
        }

        var more = Math.Min(_length - _filled, input.Length);
        input[..more].CopyTo(_partial.AsSpan(_filled));
        input = input[more..];
        _filled += more;
        if (_filled < _length)
        {
            return false;
        }

        frame = _partial.AsSpan(0, _length);
        return true;
    }

    /// <summary>Gives back what was reserved. The reader is then as new.</summary>
    public void Release()
    {
        if (_partial is { } partial)
        {
            ArrayPool<byte>.Shared.Return(partial);
        }

        _partial = null;
        _headerFilled = 0;
        _filled = 0;
        _length = 0;
    }

    private int CheckedLength(ReadOnlySpan<byte> header)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        return length > 0 && length <= maxFrame
            ? length
            : throw new InvalidDataException($"a frame of {length} bytes; 1 to {maxFrame} are allowed");
    }
}
