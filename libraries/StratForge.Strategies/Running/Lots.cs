using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace StratForge.Strategies.Running;

/// <summary>Where doubles become quantities and prices that can be ordered. Counts in billionths, so that sums and comparisons are exact.</summary>
/// <remarks>python/stratforge/lots.py does the same steps with the same results.</remarks>
internal static class Lots
{
    /// <summary>Billionths in one unit: a quantity has at most nine decimals.</summary>
    public const double PerUnit = 1e9;

    /// <summary>Bytes that any quantity or price fits in: a sign, sixteen digits, the point and nine decimals.</summary>
    public const int LongestText = 32;

    private const int Decimals = 9;

    // A billion million units: above any order, and far inside what the sums below can hold.
    private const double Largest = 1e15;

    /// <summary>The nearest count of billionths; ties go to the even one.</summary>
    /// <exception cref="ArgumentException">Not finite, or too large to be a quantity.</exception>
    public static Int128 Nearest(double units) => (Int128)Math.Round(Checked(units) * PerUnit);

    /// <summary>The largest count of billionths that is not above <paramref name="units"/>.</summary>
    /// <exception cref="ArgumentException">Not finite, or too large to be a quantity.</exception>
    public static Int128 Below(double units) => (Int128)Math.Floor(Checked(units) * PerUnit);

    /// <summary>The part of <paramref name="billionths"/> that makes up whole lots: units of a stock, millionths of a coin.</summary>
    public static Int128 Whole(Int128 billionths, bool isCrypto)
    {
        Int128 lot = isCrypto ? 1_000 : 1_000_000_000;
        return billionths / lot * lot;
    }

    /// <summary>Units as a double again.</summary>
    public static double Units(Int128 billionths) => (double)billionths / PerUnit;

    /// <summary>A quantity as it goes out: at most nine decimals, no exponent.</summary>
    public static string Quantity(double units) => Text(Nearest(units));

    /// <summary>A limit price as it goes out, rounded to the tick: 0.01 for stocks from a dollar, 0.0001 below, 9 decimals for crypto.</summary>
    public static string Price(double price, bool isCrypto) => Text(Ticks(price, isCrypto));

    /// <summary>What <see cref="Quantity"/> gives, as bytes.</summary>
    /// <param name="units">The quantity.</param>
    /// <param name="text">At least <see cref="LongestText"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    public static int WriteQuantity(double units, Span<byte> text) => Write(Nearest(units), text);

    /// <summary>What <see cref="Price"/> gives, as bytes; otherwise like <see cref="WriteQuantity"/>.</summary>
    public static int WritePrice(double price, bool isCrypto, Span<byte> text) => Write(Ticks(price, isCrypto), text);

    private static Int128 Ticks(double price, bool isCrypto)
    {
        var ticksPerDollar = isCrypto ? PerUnit : price >= 1 ? 100.0 : 10_000.0;
        return (Int128)Math.Round(Checked(price) * ticksPerDollar) * (Int128)(PerUnit / ticksPerDollar);
    }

    private static string Text(Int128 billionths)
    {
        Span<byte> text = stackalloc byte[LongestText];
        return Encoding.ASCII.GetString(text[..Write(billionths, text)]);
    }

    // By hand: the formats of .NET take longer than a simple strategy takes for its bar.
    private static int Write(Int128 billionths, Span<byte> text)
    {
        var length = 0;
        if (billionths < 0)
        {
            text[length++] = (byte)'-';
            billionths = -billionths;
        }

        var (whole, rest) = Int128.DivRem(billionths, (Int128)PerUnit);
        Utf8Formatter.TryFormat((long)whole, text[length..], out var digits);
        length += digits;
        if (rest == 0)
        {
            return length;
        }

        text[length] = (byte)'.';
        var left = (int)rest;
        for (var place = Decimals; place > 0; place--)
        {
            text[length + place] = (byte)('0' + (left % 10));
            left /= 10;
        }

        length += 1 + Decimals;
        return text[..length].TrimEnd((byte)'0').Length;
    }

    private static double Checked(double value) =>
        Math.Abs(value) <= Largest
            ? value
            : throw new ArgumentException($"{value.ToString(CultureInfo.InvariantCulture)} is not a quantity or price: finite numbers up to 1e15 are.");
}
