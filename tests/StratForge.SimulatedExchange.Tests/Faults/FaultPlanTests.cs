using Microsoft.Extensions.Logging.Abstractions;
using StratForge.SimulatedExchange.Faults;
using StratForge.Testing;

namespace StratForge.SimulatedExchange.Tests.Faults;

public sealed class FaultPlanTests
{
    private static FaultPlan Planned(params Fault[] faults)
    {
        var plan = new FaultPlan(new ManualClock(), NullLogger<FaultPlan>.Instance);
        foreach (var fault in faults)
        {
            Assert.NotNull(plan.Add(fault));
        }

        return plan;
    }

    private static string Strikes(FaultPlan plan, int occasions, FaultTarget target = FaultTarget.Data) =>
        string.Concat(Enumerable.Range(0, occasions).Select(_ => plan.Strike(target) is null ? '.' : 'x'));

    [Fact]
    public void A_fault_lets_some_pass_strikes_as_often_as_it_says_and_is_over()
    {
        var plan = Planned(new Fault(FaultKind.Error, FaultTarget.Data) { Skip = 2, Times = 3 });

        Assert.Equal("..xxx...", Strikes(plan, 8));
        Assert.Equal((5L, 3L, (long?)0), (plan.All[0].Occasions, plan.All[0].Hits, plan.All[0].Left));
        Assert.False(plan.Awaits(FaultTarget.Data));
    }

    [Fact]
    public void The_same_seed_strikes_at_the_same_occasions()
    {
        static string Drawn(long seed) => Strikes(Planned(new Fault(FaultKind.Error, FaultTarget.Data) { Times = 0, Probability = 0.5, Seed = seed }), 64);

        Assert.Equal(Drawn(7), Drawn(7));
        Assert.NotEqual(Drawn(7), Drawn(8));
        Assert.InRange(Drawn(7).Count(letter => letter == 'x'), 16, 48);
    }

    [Fact]
    public void The_older_fault_strikes_first_and_the_younger_waits_its_turn()
    {
        var plan = Planned(
            new Fault(FaultKind.Error, FaultTarget.OrderSubmit) { Times = 1, Skip = 1 },
            new Fault(FaultKind.RateLimit, FaultTarget.Trading) { Times = 2 });
        const FaultTarget NewOrder = FaultTarget.Trading | FaultTarget.Orders | FaultTarget.OrderSubmit;

        Assert.Equal(
            [FaultKind.RateLimit, FaultKind.Error, FaultKind.RateLimit, null],
            Enumerable.Range(0, 4).Select(_ => plan.Strike(NewOrder)?.Kind));
    }

    [Fact]
    public void A_fault_knows_its_symbol_and_its_event()
    {
        var plan = Planned(new Fault(FaultKind.Drop, FaultTarget.TradeUpdates) { Symbol = "SPY", Event = "fill", Times = 0 });

        Assert.Null(plan.Strike(FaultTarget.TradeUpdates, "AAPL", "fill"));
        Assert.Null(plan.Strike(FaultTarget.TradeUpdates, "SPY", "new"));
        Assert.Null(plan.Strike(FaultTarget.MarketData, "SPY", "fill"));
        Assert.NotNull(plan.Strike(FaultTarget.TradeUpdates, "SPY", "fill"));
    }

    [Fact]
    public void A_flaw_is_refused_in_process_too() =>
        Assert.Contains(
            "drop does not happen on orders",
            Assert.Throws<ArgumentException>(() => Planned(new Fault(FaultKind.Drop, FaultTarget.Orders))).Message,
            StringComparison.Ordinal);
}
