using FsCheck;
using FsCheck.Fluent;
using StratForge.Trading.Risk;

namespace StratForge.Trading.Tests.Risk;

public class RiskLimitsTests
{
    [Fact]
    public void Of_each_limit_the_tighter_one_holds()
    {
        var house = new RiskLimits(
            10_000, null, 5, 60, null, ["AAPL", "MSFT", "SPY"], ["BTC/USD"], AllowShorting: true, 10, TimeSpan.FromMinutes(5));
        var own = new RiskLimits(
            20_000, 500, null, 30, 100, ["SPY", "TSLA", "AAPL"], ["ETH/USD", "BTC/USD"], AllowShorting: false, null, TimeSpan.FromMinutes(9));

        Assert.Equal(
            new RiskLimits(
                10_000, 500, 5, 30, 100, ["AAPL", "SPY"], ["BTC/USD", "ETH/USD"], AllowShorting: false, 10, TimeSpan.FromMinutes(5)),
            RiskLimits.Tighter(house, own));
    }

    [Fact]
    public void Which_comes_first_does_not_matter() =>
        Prop.ForAll(SomeRisks.Limits, SomeRisks.Limits, (one, other) => RiskLimits.Tighter(one, other).Equals(RiskLimits.Tighter(other, one)))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Three_combine_in_any_order() =>
        Prop.ForAll(SomeRisks.Limits, SomeRisks.Limits, SomeRisks.Limits, (one, two, three) =>
                RiskLimits.Tighter(RiskLimits.Tighter(one, two), three).Equals(RiskLimits.Tighter(one, RiskLimits.Tighter(two, three))))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Limits_are_no_tighter_for_being_said_twice_or_beside_none() =>
        Prop.ForAll(SomeRisks.Limits, limits =>
                RiskLimits.Tighter(limits, limits).Equals(limits) && RiskLimits.Tighter(limits, RiskLimits.Unlimited).Equals(limits))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Both_together_are_never_looser_than_either() =>
        Prop.ForAll(SomeRisks.Limits, SomeRisks.Limits, (one, other) =>
            {
                var both = RiskLimits.Tighter(one, other);
                return IsNoLooser(both, one) && IsNoLooser(both, other);
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Shorting_is_off_until_a_user_switches_it_on()
    {
        Assert.False(RiskLimits.Tighter(RiskLimits.HouseDefault, RiskLimits.UserDefault).AllowShorting);
        Assert.True(RiskLimits.Tighter(RiskLimits.HouseDefault, RiskLimits.UserDefault with { AllowShorting = true }).AllowShorting);
    }

    private static bool IsNoLooser(RiskLimits limits, RiskLimits than) =>
        AtMost(limits.MaxOrderNotional, than.MaxOrderNotional)
        && AtMost(limits.MaxPositionNotional, than.MaxPositionNotional)
        && AtMost(limits.MaxOpenOrders, than.MaxOpenOrders)
        && AtMost(limits.MaxOrdersPerMinute, than.MaxOrdersPerMinute)
        && AtMost(limits.MaxDailyLoss, than.MaxDailyLoss)
        && (than.AllowedSymbols is null || (limits.AllowedSymbols is { } allowed && !allowed.Except(than.AllowedSymbols).Any()))
        && (than.DeniedSymbols is null || (limits.DeniedSymbols is { } denied && !than.DeniedSymbols.Except(denied).Any()))
        && (than.AllowShorting || !limits.AllowShorting)
        && AtMost(limits.PriceCollarPercent, than.PriceCollarPercent)
        && AtMost(limits.MaxPriceAge, than.MaxPriceAge);

    private static bool AtMost<T>(T? value, T? most)
        where T : struct, IComparable<T> =>
        most is null || (value is { } given && given.CompareTo(most.Value) <= 0);
}
