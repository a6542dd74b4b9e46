using FsCheck;
using FsCheck.Fluent;
using StratForge.Trading.Risk;

namespace StratForge.Trading.Tests.Risk;

public class TradingSwitchesTests
{
    [Fact]
    public void The_strictest_switch_holds()
    {
        Assert.Equal(TradingMode.Normal, default(TradingSwitches).Strictest);
        Assert.Equal(TradingMode.ReduceOnly, new TradingSwitches(TradingMode.Normal, TradingMode.Normal, TradingMode.ReduceOnly, TradingMode.Normal).Strictest);
        Assert.Equal(TradingMode.Flatten, new TradingSwitches(TradingMode.ReduceOnly, TradingMode.Normal, TradingMode.Normal, TradingMode.Flatten).Strictest);
        Assert.Equal(TradingMode.Paused, new TradingSwitches(TradingMode.Flatten, TradingMode.Paused, TradingMode.ReduceOnly, TradingMode.Normal).Strictest);
    }

    [Fact]
    public void No_switch_is_loosened_by_another() =>
        Prop.ForAll(SomeRisks.Switches, switches =>
                Enum.GetValues<SwitchLevel>().All(level => switches.Strictest >= switches.At(level))
                && Enum.GetValues<SwitchLevel>().Any(level => switches.Strictest == switches.At(level)))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void The_stricter_of_two_is_the_same_from_both_sides() =>
        Prop.ForAll(SomeRisks.Modes, SomeRisks.Modes, (one, other) =>
                TradingSwitches.Stricter(one, other) == TradingSwitches.Stricter(other, one) && TradingSwitches.Stricter(one, one) == one)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void The_house_closes_through_a_users_pause_and_a_user_not_through_the_houses()
    {
        Assert.True(new TradingSwitches(TradingMode.Flatten, TradingMode.Normal, TradingMode.Paused, TradingMode.Paused).MayClose);
        Assert.True(new TradingSwitches(TradingMode.Normal, TradingMode.Flatten, TradingMode.Paused, TradingMode.Normal).MayClose);
        Assert.False(new TradingSwitches(TradingMode.Paused, TradingMode.Normal, TradingMode.Flatten, TradingMode.Normal).MayClose);
        Assert.False(new TradingSwitches(TradingMode.Normal, TradingMode.Normal, TradingMode.Paused, TradingMode.Flatten).MayClose);
        Assert.False(new TradingSwitches(TradingMode.ReduceOnly, TradingMode.Normal, TradingMode.Normal, TradingMode.Normal).MayClose);
    }

    [Fact]
    public void Nothing_is_closed_that_nobody_wants_closed() =>
        Prop.ForAll(SomeRisks.Switches, switches =>
                !switches.MayClose || Enum.GetValues<SwitchLevel>().Any(level => switches.At(level) == TradingMode.Flatten))
            .QuickCheckThrowOnFailure();
}
