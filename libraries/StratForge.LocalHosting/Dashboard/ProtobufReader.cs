using System.Buffers.Binary;
using System.Text;

namespace StratForge.LocalHosting.Dashboard;

/// <summary>Reads protobuf fields one after the other, knowing nothing about the message they belong to.</summary>
/// <remarks>Source: protobuf.dev, Encoding. Groups, which OTLP does not use, are refused.</remarks>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private const int VarintType = 0;
    private const int Fixed64Type = 1;
    private const int BytesType = 2;
    private const int Fixed32Type = 5;

    private ReadOnlySpan<byte> _rest = message;

    /// <summary>The field just read.</summary>
    public int Field { get; private set; }

    /// <summary>Its value, when it is a number or a bool.</summary>
    public ulong Number { get; private set; }

    /// <summary>Its value, when it is bytes, text or a message.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    public readonly string Text => Encoding.UTF8.GetString(Bytes);

    /// <returns>False at the end of the message.</returns>
    /// <exception cref="InvalidDataException">These bytes are no protobuf message.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var tag = Varint();
        Field = (int)(tag >> 3);
        Number = 0;
        Bytes = default;
        switch ((int)(tag & 7))
        {
            case VarintType:
                Number = Varint();
                break;
            case Fixed64Type:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                break;
            case BytesType:
                Bytes = Take(Varint());
                break;
            case Fixed32Type:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                break;
            default:
                throw new InvalidDataException($"Wire type {tag & 7} is not used in OTLP.");
        }

        return true;
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Take(1)[0];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A number has more than ten bytes.");
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length)
        {
            throw new InvalidDataException("The message ends in the middle of a field.");
        }

        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }
}
