using FsCheck;
using FsCheck.Fluent;
using StratForge.Trading.Orders;

namespace StratForge.Trading.Tests.Brokerage;

public class HouseProperties
{
    private static readonly Gen<Step> s_step =
        from kind in Gen.Choose(0, 19)
        from who in Gen.Choose(0, 5)
        from what in Gen.Choose(0, 59)
        from amount in Gen.Choose(0, 999)
        from price in Gen.Choose(0, 999)
        select new Step(kind, who, what, amount, price);

    // A counterexample is cut down by leaving steps out, long stretches first.
    private static readonly Arbitrary<Step[]> Steps = Arb.From(s_step.NonEmptyListOf().Select(list => list.ToArray()), ShorterThan);

    /// <summary>Postings make up every balance; reservations are those of open orders; nobody's free cash falls below zero; fills are shared
    /// out exactly; what is undone leaves no trace; what is told twice counts once; no broker order could trade with another of ours; a price that
    /// a book does not wait for moves nothing in it.</summary>
    [Fact]
    public void Whatever_happens_in_whatever_order_the_books_add_up()
    {
        var quietLooks = 0;
        Prop.ForAll(Steps, steps =>
        {
            var trial = new HouseTrial();
            foreach (var step in steps)
            {
                trial.Take(step);
            }

            trial.Finish();
            quietLooks += trial.QuietLooks;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400).WithEndSize(150));
        Assert.True(quietLooks > 0, "No market was ever quiet: nothing was asked of the watches.");
    }

    [Fact]
    public void What_is_over_becomes_nothing_else()
    {
        string[] all =
        [
            OrderStatus.Held, OrderStatus.Accepted, OrderStatus.New, OrderStatus.PartiallyFilled, OrderStatus.Filled, OrderStatus.Canceled,
            OrderStatus.Expired, OrderStatus.Rejected, OrderStatus.Replaced,
        ];
        Assert.All(
            all.Where(status => !OrderStatus.IsOpen(status)),
            over => Assert.Equal([over], all.Where(status => OrderStatus.MayBecome(over, status))));
        Assert.DoesNotContain(all, status => status != OrderStatus.Held && OrderStatus.MayBecome(status, OrderStatus.Held));
    }

    private static IEnumerable<Step[]> ShorterThan(Step[] steps)
    {
        for (var length = steps.Length / 2; length > 0; length /= 2)
        {
            for (var from = 0; from + length <= steps.Length && steps.Length > 1; from += length)
            {
                yield return [.. steps[..from], .. steps[(from + length)..]];
            }
        }
    }
}
