using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Trading.Ledger;
using StratForge.Worker.Replays;

namespace StratForge.Worker.Tests.Replays;

public sealed class LedgerReplayTests
{
    private static readonly Guid User = Platform.NewId();

    [Fact]
    public void Fills_that_were_booked_by_the_rules_come_out_the_same()
    {
        var (ledger, day) = (new LedgerReplay(User), ADay());

        Assert.All(day, fill => Assert.Null(ledger.Book(fill)));
        Assert.Equal((day.Length, day.Sum(fill => fill.Postings.Count)), (ledger.Fills, ledger.Postings));
    }

    [Fact]
    public void The_first_entry_that_does_not_follow_from_the_rules_is_named()
    {
        // One cent that came from free cash instead of the reservation.
        var day = ADay();
        var postings = day[0].Postings.ToArray();
        postings[0] = postings[0] with { Amount = postings[0].Amount - 0.01m };
        var difference = new LedgerReplay(User).Book(day[0] with
        {
            Postings =
            [
                .. postings,
                new Posting(new LedgerAccount(User, LedgerKind.Cash), new LedgerAccount(Guid.Empty, LedgerKind.Market), "USD", 0.01m, PostingReason.Trade),
            ],
        });

        Assert.Equal($"fill {day[0].ExecutionId} of order {day[0].OrderId}", difference!.Event);
        Assert.Equal("posting 1", difference.Field);
        Assert.Equal("399.99 USD cash_reserved → house market (trade)", difference.Expected);
        Assert.Equal("400 USD cash_reserved → house market (trade)", difference.Got);
    }

    [Fact]
    public void Cash_that_does_not_fit_the_price_profit_that_does_not_fit_the_cost_and_fills_that_cannot_be_are_named()
    {
        var day = ADay();

        Assert.Equal("cash", new LedgerReplay(User).Book(day[0] with { Price = day[0].Price + 1 })!.Field);

        var ledger = new LedgerReplay(User);
        Assert.Null(ledger.Book(day[0]));
        Assert.Null(ledger.Book(day[1]));
        Assert.Equal("realised P&L", ledger.Book(day[2] with { RealisedPnl = 0 })!.Field);

        // More than is held.
        Assert.Equal("booking", new LedgerReplay(User).Book(day[2])!.Field);
    }

    // Bought in two parts, sold in one; sold short, and bought back.
    private static RecordedFill[] ADay()
    {
        var (bought, sold, shorted, covered) = (Platform.NewId(), Platform.NewId(), Platform.NewId(), Platform.NewId());
        var position = Holding.Flat;
        var first = Book(bought, Side.Buy, PositionEffect.Open, 10, 0, null, 1_020, 4, 100, ref position);
        var second = Book(bought, Side.Buy, PositionEffect.Open, 10, 4, 100, 612, 6, 101, ref position);
        var third = Book(sold, Side.Sell, PositionEffect.Close, 10, 0, null, 0, 10, 103, ref position);
        var fourth = Book(shorted, Side.Sell, PositionEffect.Open, 5, 0, null, 260, 5, 103, ref position);
        var fifth = Book(covered, Side.Buy, PositionEffect.Close, 5, 0, null, 50, 5, 99, ref position);
        return [first, second, third, fourth, fifth];
    }

    private static RecordedFill Book(
        Guid order, Side side, PositionEffect effect, decimal ordered, decimal filled, decimal? average, decimal reserved, decimal quantity,
        decimal price, ref Holding position)
    {
        var before = position with { Reserved = effect == PositionEffect.Close ? quantity : 0 };
        var share = FillShare.Split(AssetClass.Stock, side, quantity, price, [ordered - filled])[0];
        var state = new OrderState(
            side, effect, ordered, filled, average, reserved, effect == PositionEffect.Close ? ordered - filled : 0, side == Side.Buy ? 120 : null);
        var booked = OrderFill.Book(User, "SPY", state, before, share);
        position = booked.Position;
        return new RecordedFill(
            Platform.NewId(), order, Platform.Opening, "SPY", side, effect, ordered, state.Collar, IsExit: false, reserved, quantity, price, share.Fee,
            booked.CashAmount, booked.RealisedPnl, booked.Postings);
    }
}
