using System.Globalization;

namespace StratForge.Strategies.Running;

/// <summary>Where doubles become quantities and prices that can be ordered. Counts in billionths, so that sums and comparisons are exact.</summary>
/// <remarks>python/stratforge/lots.py does the same steps with the same results.</remarks>
internal static class Lots
{
    /// <summary>Billionths in one unit: a quantity has at most nine decimals.</summary>
    public const double PerUnit = 1e9;

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
    public static string Price(double price, bool isCrypto)
    {
        var ticksPerDollar = isCrypto ? PerUnit : price >= 1 ? 100.0 : 10_000.0;
        var ticks = (Int128)Math.Round(Checked(price) * ticksPerDollar);
        return Text(ticks * (Int128)(PerUnit / ticksPerDollar));
    }

    private static string Text(Int128 billionths) =>
        ((decimal)billionths / 1_000_000_000m).ToString("0.#########", CultureInfo.InvariantCulture);

    private static double Checked(double value) =>
        Math.Abs(value) <= Largest
            ? value
            : throw new ArgumentException($"{value.ToString(CultureInfo.InvariantCulture)} is not a quantity or price: finite numbers up to 1e15 are.");
}
