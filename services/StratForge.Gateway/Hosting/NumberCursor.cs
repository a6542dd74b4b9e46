using System.Buffers.Binary;
using System.Buffers.Text;

namespace StratForge.Gateway.Hosting;

/// <summary>Place in a list that is ordered by number. Opaque to clients.</summary>
internal readonly record struct NumberCursor(long Number)
{
    public static bool TryParse(string? text, out NumberCursor cursor)
    {
        cursor = default;
        Span<byte> bytes = stackalloc byte[8];
        if (text is not { Length: 11 } || !Base64Url.TryDecodeFromChars(text, bytes, out var written) || written != bytes.Length)
        {
            return false;
        }

        cursor = new NumberCursor(BinaryPrimitives.ReadInt64BigEndian(bytes));
        return true;
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Number);
        return Base64Url.EncodeToString(bytes);
    }
}
