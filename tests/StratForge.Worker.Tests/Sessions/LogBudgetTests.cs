using StratForge.Testing;
using StratForge.Worker.Sessions;

namespace StratForge.Worker.Tests.Sessions;

public sealed class LogBudgetTests
{
    [Fact]
    public void Many_short_lines_are_no_cheaper_than_what_they_take()
    {
        var limits = new HostLimits();
        var budget = new LogBudget(limits, new ManualClock());
        var kept = 0;
        for (var line = 0; line < 1_000_000; line++)
        {
            budget.BeginEvent();
            kept += budget.Take(1) ? 1 : 0;
        }

        Assert.Equal(limits.LogPerHour / (1 + LogBudget.PerLine), kept);
        Assert.Equal(1_000_000 - kept, budget.Dropped);
    }
}
