using System.Buffers.Binary;
using System.Text;

namespace StratForge.LocalHosting.Tests.Dashboard;

/// <summary>What an exporter sends, byte by byte.</summary>
internal static class Otlp
{
    public static byte[] ARequest(string service, byte[] span)
    {
        var resource = Message(1, Attribute("service.name", service));
        return Message(1, [.. Message(1, resource), .. Message(2, [.. Message(1, Text(1, "test")), .. Message(2, span)])]);
    }

    public static byte[] ASpan(int trace, int id, int? parent, string name, string? error = null, byte[]? extra = null) =>
    [
        .. Message(1, Id(trace, 16)), .. Message(2, Id(id, 8)), .. parent is { } known ? Message(4, Id(known, 8)) : [], .. Text(5, name),
        0x30, 0x02, .. Fixed(7, 1_000), .. Fixed(8, 5_000), .. Message(9, Attribute("symbol", "AAPL")),
        .. error is null ? [] : Message(15, [.. Text(2, error), 0x18, 0x02]),
        .. extra is null ? [] : Message(9, [.. Text(1, "extra"), .. Message(2, extra)]),
    ];

    /// <summary>A value of that many arrays, one in the other.</summary>
    public static byte[] Nested(int arrays)
    {
        // Written from its end, or each layer would copy all those inside it.
        var reversed = new List<byte>(Text(1, "yes").Reverse());
        for (var layer = 0; layer < arrays; layer++)
        {
            Wrap(1);
            Wrap(5);
        }

        reversed.Reverse();
        return [.. reversed];

        void Wrap(int field) => reversed.AddRange(((byte[])[.. Varint((field << 3) | 2), .. Varint(reversed.Count)]).Reverse());
    }

    private static byte[] Attribute(string key, string value) => [.. Text(1, key), .. Message(2, Text(1, value))];

    private static byte[] Text(int field, string text) => Message(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Message(int field, byte[] bytes) => [.. Varint((field << 3) | 2), .. Varint(bytes.Length), .. bytes];

    private static byte[] Fixed(int field, ulong number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        return [(byte)((field << 3) | 1), .. bytes];
    }

    private static byte[] Id(int number, int length)
    {
        var bytes = new byte[length];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(length - 4), number);
        return bytes;
    }

    private static byte[] Varint(int value)
    {
        var bytes = new List<byte>();
        for (; value > 0x7f; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
        return [.. bytes];
    }
}
