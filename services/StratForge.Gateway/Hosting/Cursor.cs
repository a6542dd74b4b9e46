using System.Buffers.Binary;
using System.Buffers.Text;

namespace StratForge.Gateway.Hosting;

/// <summary>Place in a list that is ordered by time and, within one instant, by id. Opaque to clients.</summary>
internal readonly record struct Cursor(DateTimeOffset At, Guid Id)
{
    private const int Bytes = 8 + 16;

    public static bool TryParse(string? text, out Cursor cursor)
    {
        cursor = default;
        Span<byte> bytes = stackalloc byte[Bytes];
        if (text is not { Length: 32 } || !Base64Url.TryDecodeFromChars(text, bytes, out var written) || written != Bytes
            || BinaryPrimitives.ReadInt64BigEndian(bytes) is not (>= 0 and var ticks) || ticks > DateTimeOffset.MaxValue.Ticks)
        {
            return false;
        }

        cursor = new Cursor(new DateTimeOffset(ticks, TimeSpan.Zero), new Guid(bytes[8..], bigEndian: true));
        return true;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, At.UtcTicks);
        Id.TryWriteBytes(bytes[8..], bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }
}
