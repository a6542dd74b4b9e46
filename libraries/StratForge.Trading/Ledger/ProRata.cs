namespace StratForge.Trading.Ledger;

/// <summary>Splits what one execution brought among the orders that shared it.</summary>
/// <remarks>Largest remainder: everyone gets the whole steps of his exact share, and the steps left over go to those whose share
/// was cut most, the older order first. The parts always sum to the whole. Computed in 128-bit integers, since a product of two
/// quantities with nine decimals does not fit a decimal exactly.</remarks>
public static class ProRata
{
    private const decimal UnitsPerNano = 1_000_000_000m;

    /// <summary>Splits units over orders by what each still wants. In whole units when everything is whole, else in billionths.</summary>
    /// <param name="quantity">Units executed; at most 9 decimals and at most the sum of <paramref name="remaining"/>.</param>
    /// <param name="remaining">What each order still wants, oldest order first.</param>
    /// <returns>One share per order, none above what that order wants.</returns>
    /// <exception cref="ArgumentException">More was executed than is wanted, or a value has more than 9 decimals.</exception>
    public static decimal[] Units(decimal quantity, IReadOnlyList<decimal> remaining)
    {
        var whole = decimal.IsInteger(quantity) && remaining.All(decimal.IsInteger);
        var scale = whole ? 1m : UnitsPerNano;
        Int128[] weights = [.. remaining.Select(wanted => ToSteps(wanted, scale))];
        var total = ToSteps(quantity, scale);
        if (total > weights.Aggregate(Int128.Zero, (sum, weight) => sum + weight))
        {
            throw new ArgumentException($"{quantity} units were executed for orders that want {remaining.Sum()}.", nameof(quantity));
        }

        return [.. Split(total, weights).Select(steps => (decimal)steps / scale)];
    }

    /// <summary>Splits an amount of cash by the units each order got.</summary>
    /// <param name="amount">USD in whole cents, zero or more.</param>
    /// <param name="units">Units of each order, oldest order first; their sum is greater than zero.</param>
    public static decimal[] Cash(decimal amount, IReadOnlyList<decimal> units) =>
        [.. Split(ToSteps(amount, 100m), [.. units.Select(unit => ToSteps(unit, UnitsPerNano))]).Select(cents => (decimal)cents / 100m)];

    /// <summary>Splits a fee taken in units by the units each order got.</summary>
    /// <param name="fee">Units, at most 9 decimals, zero or more.</param>
    /// <param name="units">Units of each order, oldest order first; their sum is greater than zero.</param>
    public static decimal[] FeeUnits(decimal fee, IReadOnlyList<decimal> units) =>
        [.. Split(ToSteps(fee, UnitsPerNano), [.. units.Select(unit => ToSteps(unit, UnitsPerNano))]).Select(steps => (decimal)steps / UnitsPerNano)];

    private static Int128[] Split(Int128 total, Int128[] weights)
    {
        var all = weights.Aggregate(Int128.Zero, (sum, weight) => sum + weight);
        if (all <= 0 || total < 0 || weights.Any(Int128.IsNegative))
        {
            throw new ArgumentException("Nothing can be split over no weight.", nameof(weights));
        }

        var shares = new Int128[weights.Length];
        var remainders = new Int128[weights.Length];
        var left = total;
        for (var i = 0; i < weights.Length; i++)
        {
            (shares[i], remainders[i]) = Int128.DivRem(checked(total * weights[i]), all);
            left -= shares[i];
        }

        // A stable sort keeps the older order first among equals; fewer steps are left than there are orders with a remainder.
        foreach (var i in Enumerable.Range(0, weights.Length).OrderByDescending(i => remainders[i]).Take((int)left))
        {
            shares[i]++;
        }

        return shares;
    }

    private static Int128 ToSteps(decimal value, decimal scale)
    {
        var steps = value * scale;
        return decimal.IsInteger(steps)
            ? (Int128)steps
            : throw new ArgumentException($"{value} is not a multiple of {1m / scale}.", nameof(value));
    }
}
