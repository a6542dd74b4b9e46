using System.Buffers.Binary;
using System.Buffers.Text;
using System.ComponentModel;

namespace StratForge.Gateway.Hosting;

/// <summary>One page of a list, newest first.</summary>
/// <param name="Items">The page.</param>
/// <param name="NextCursor">Give it back as <c>cursor</c> for the next page; null on the last one.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>Which page of a list that is ordered by time.</summary>
internal sealed record PageQuery : IValidated
{
    [Description("1 to 200 items; 50 if not given.")]
    public int? Limit { get; init; }

    [Description("The nextCursor of the page before.")]
    public Cursor? Cursor { get; init; }

    public int Take => Limit ?? PageLimits.Default;

    public void Validate(FieldErrors errors) => PageLimits.Check(errors, Limit);

    /// <summary>The page out of rows that were read with one to spare.</summary>
    public Page<T> Of<T>(List<T> rows, Func<T, Cursor> place) =>
        rows.Count > Take
            ? new Page<T>(rows.GetRange(0, Take), place(rows[Take - 1]).ToString())
            : new Page<T>(rows, NextCursor: null);
}

/// <summary>Which page of a list that is ordered by number.</summary>
internal sealed record NumberedPageQuery : IValidated
{
    [Description("1 to 200 items; 50 if not given.")]
    public int? Limit { get; init; }

    [Description("The nextCursor of the page before.")]
    public NumberCursor? Cursor { get; init; }

    public int Take => Limit ?? PageLimits.Default;

    public void Validate(FieldErrors errors) => PageLimits.Check(errors, Limit);

    /// <summary>The page out of rows that were read with one to spare.</summary>
    public Page<T> Of<T>(List<T> rows, Func<T, long> number) =>
        rows.Count > Take
            ? new Page<T>(rows.GetRange(0, Take), new NumberCursor(number(rows[Take - 1])).ToString())
            : new Page<T>(rows, NextCursor: null);
}

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

/// <summary>How long a page may be.</summary>
internal static class PageLimits
{
    public const int Default = 50;

    private const int Most = 200;

    public static void Check(FieldErrors errors, int? limit)
    {
        if (limit is < 1 or > Most)
        {
            errors.Add("limit", $"may be 1 to {Most}.");
        }
    }
}
