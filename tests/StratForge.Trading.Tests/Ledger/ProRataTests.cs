using FsCheck;
using FsCheck.Fluent;
using StratForge.Trading.Ledger;

namespace StratForge.Trading.Tests.Ledger;

public class ProRataTests
{
    // What a few orders want, in billionths: from dust to a million units.
    private static readonly Arbitrary<decimal[]> Wants = Gen.Choose(1, int.MaxValue)
        .Select(nanos => nanos / 1_000_000_000m)
        .Or(Gen.Choose(1, 1_000_000).Select(units => (decimal)units))
        .NonEmptyListOf()
        .Select(list => list.ToArray())
        .ToArbitrary();

    private static readonly Arbitrary<int> Permille = Gen.Choose(1, 1000).ToArbitrary();

    [Fact]
    public void Whatever_is_executed_the_shares_sum_to_it_and_nobody_gets_more_than_he_wants() =>
        Prop.ForAll(Wants, Permille, (wants, permille) =>
        {
            var executed = decimal.Round(wants.Sum() * permille / 1000m, 9, MidpointRounding.ToZero);
            var shares = ProRata.Units(executed, wants);
            return shares.Sum() == executed && shares.Zip(wants).All(pair => pair.First >= 0 && pair.First <= pair.Second);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nobodys_share_is_off_by_a_whole_step() =>
        Prop.ForAll(Wants, Permille, (wants, permille) =>
        {
            var executed = decimal.Round(wants.Sum() * permille / 1000m, 9, MidpointRounding.ToZero);
            var step = decimal.IsInteger(executed) && wants.All(decimal.IsInteger) ? 1m : 0.000_000_001m;
            return ProRata.Units(executed, wants)
                .Zip(wants)
                .All(pair => Math.Abs(pair.First - (executed * (pair.Second / wants.Sum()))) < step + 0.000_000_000_001m);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Cash_is_split_to_the_cent_and_sums_exactly() =>
        Prop.ForAll(Wants, Gen.Choose(0, int.MaxValue).ToArbitrary(), (units, cents) =>
        {
            var amount = cents / 100m;
            var parts = ProRata.Cash(amount, units);
            return parts.Sum() == amount && parts.All(part => part >= 0 && decimal.Round(part, 2) == part);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_unit_that_is_left_goes_to_the_largest_remainder() =>
        // Exact shares of 5 units: 2.5, 1.67, 0.83.
        Assert.Equal([2m, 2m, 1m], ProRata.Units(5, [9, 6, 3]));

    [Fact]
    public void Among_equals_the_older_order_gets_the_unit_that_is_left() =>
        Assert.Equal([1m, 0m, 0m], ProRata.Units(1, [4, 4, 4]));

    [Fact]
    public void More_than_all_want_together_cannot_be_split() =>
        Assert.Throws<ArgumentException>(() => ProRata.Units(10, [4, 5]));
}
