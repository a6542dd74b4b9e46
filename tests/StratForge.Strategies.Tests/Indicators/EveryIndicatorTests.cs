using System.Reflection;

namespace StratForge.Strategies.Tests.Indicators;

/// <summary>What all indicators have in common.</summary>
public sealed class EveryIndicatorTests
{
    [Fact]
    public void Each_is_compared_can_be_declared_and_is_documented()
    {
        var page = File.ReadAllText(Path.Combine(PythonInterpreter.Folder, "../docs/strategies.md"));
        var declared = typeof(Strategy).GetMethods(BindingFlags.Instance | BindingFlags.NonPublic).Select(method => method.Name).ToHashSet(StringComparer.Ordinal);

        Assert.Equal(
            EveryIndicator.Classes.Select(type => type.Name).Order(StringComparer.Ordinal), EveryIndicator.All.Select(one => one.Name).Order(StringComparer.Ordinal));
        Assert.All(EveryIndicator.All, one =>
        {
            Assert.Contains(one.Name, declared);
            Assert.Contains($"`{one.Name}(", page, StringComparison.Ordinal);
            Assert.Contains($"`{one.InPython}(", page, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Each_has_all_its_values_exactly_from_its_warm_up_on()
    {
        foreach (var one in EveryIndicator.All)
        {
            var indicator = one.Make();
            var rows = EveryIndicator.RowsOf(indicator).ToArray();
            var seen = 0;
            foreach (var bar in SomeBars.Walk(5, 100))
            {
                indicator.Update(bar);
                seen++;
                Assert.True(seen >= indicator.WarmUp == Array.TrueForAll(rows, row => row.IsReady), $"{one.Name} after {seen} bars");
            }
        }
    }

    [Fact]
    public void A_bar_costs_the_same_whatever_was_before()
    {
        // Nothing but the window may decide: the same bars after another past give, once the past has left all windows, nearly the same.
        foreach (var one in EveryIndicator.All.Where(one => one.Name is not ("Obv" or "Vwap" or "ParabolicSar" or "Supertrend")))
        {
            var (fresh, old) = (one.Make(), one.Make());
            foreach (var bar in SomeBars.Walk(1, 500))
            {
                old.Update(bar);
            }

            foreach (var bar in SomeBars.Walk(9, 1_500))
            {
                fresh.Update(bar);
                old.Update(bar);
            }

            Assert.Equal(fresh.Value, old.Value, 1e-6 * Math.Max(1, Math.Abs(fresh.Value)));
        }
    }
}
