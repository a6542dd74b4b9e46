namespace StratForge.SimulatedExchange.Orders;

internal static class Decimals
{
    /// <summary>Decimal places that carry something: 1.50 has one.</summary>
    public static int Of(decimal number) => Trimmed(number).Scale;

    /// <summary>The same number without trailing zeros.</summary>
    public static decimal Trimmed(decimal number) => number / 1.0000000000000000000000000000m;
}
