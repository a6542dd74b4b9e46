using FsCheck;
using FsCheck.Fluent;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Trading.Ledger;

namespace StratForge.Trading.Tests.Ledger;

public class OrderFillTests
{
    private static readonly Guid s_user = new("019a0000-0000-7000-8000-000000000001");

    // Parts that an order fills in: units and price of each.
    private static readonly Arbitrary<(int Units, int Cents)[]> Fills =
        (from units in Gen.Choose(1, 500) from cents in Gen.Choose(1, 100_000) select (units, cents))
        .NonEmptyListOf().Select(list => list.ToArray()).ToArbitrary();

    [Fact]
    public void However_a_buy_fills_its_reservation_is_gone_at_the_end_and_cash_fell_by_what_was_paid() =>
        Prop.ForAll(Fills, Gen.Choose(0, 100_000_000).ToArbitrary(), (fills, reservedCents) =>
        {
            var reserved = reservedCents / 100m;
            var order = new OrderState(Side.Buy, PositionEffect.Open, fills.Sum(fill => fill.Units), 0, null, reserved, 0);
            var (end, postings) = FillAll(order, Holding.Flat, "SPY", AssetClass.Stock, fills);
            var paid = fills.Sum(fill => fill.Units * fill.Cents / 100m);
            var free = Balance(postings, new(s_user, LedgerKind.Cash), "USD");
            var held = Balance(postings, new(s_user, LedgerKind.CashReserved), "USD");
            return end.Order is { Remaining: 0, ReservedCash: 0 }
                && held == -reserved
                && free + held == -paid
                && end.Position.Quantity == order.Quantity;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_fill_moves_units_and_cash_against_the_market_and_nothing_is_made_or_lost() =>
        Prop.ForAll(Fills, fills =>
        {
            var units = fills.Sum(fill => fill.Units) / 1000m;
            var parts = fills.Select(fill => (fill.Units / 1000m, fill.Cents / 100m)).ToArray();
            var order = new OrderState(Side.Buy, PositionEffect.Open, units, 0, null, 1_000_000m, 0);
            var postings = new List<Posting>();
            var position = Holding.Flat;
            foreach (var (quantity, price) in parts)
            {
                var share = FillShare.Split(AssetClass.Crypto, Side.Buy, quantity, price, [order.Remaining])[0];
                var fill = OrderFill.Book(s_user, "BTC/USD", order, position, share);
                (order, position) = (fill.Order, fill.Position);
                postings.AddRange(fill.Postings);
            }

            var mine = Balance(postings, new(s_user, LedgerKind.Units), "BTC/USD");
            var market = Balance(postings, new(LedgerAccount.House, LedgerKind.Market), "BTC/USD");
            var fees = Balance(postings, new(s_user, LedgerKind.Fees), "BTC/USD");
            return mine == position.Quantity && market == -units && mine + fees == units;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_average_price_of_a_position_is_its_cost_over_its_units() =>
        Prop.ForAll(Fills, fills =>
        {
            var position = fills.Aggregate(
                Holding.Flat, (held, fill) => held.Bought(fill.Units, fill.Units * fill.Cents / 100m));
            var cost = fills.Sum(fill => fill.Units * fill.Cents / 100m);
            return Math.Abs((position.Quantity * position.AveragePrice) - cost) < 0.000_01m;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_a_round_trip_realises_is_what_cash_gained() =>
        Prop.ForAll(Fills, Fills, (buys, sells) =>
        {
            var bought = buys.Aggregate(Holding.Flat, (held, fill) => held.Bought(fill.Units, fill.Units * fill.Cents / 100m));
            var position = bought with { Reserved = bought.Quantity };
            var proceeds = 0m;
            foreach (var (units, cents) in sells)
            {
                var sold = decimal.Min(units, position.Quantity);
                if (sold > 0)
                {
                    proceeds += sold * cents / 100m;
                    (position, _) = position.Sold(sold, sold * cents / 100m);
                }
            }

            proceeds += position.Quantity * 7m;
            (position, _) = position.Sold(position.Quantity, position.Quantity * 7m);
            var cost = buys.Sum(fill => fill.Units * fill.Cents / 100m);
            return position is { Quantity: 0, AveragePrice: 0, Reserved: 0 }
                && decimal.Round(position.RealisedPnl, 2) == proceeds - cost;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Selling_leaves_the_average_price_alone()
    {
        var (after, pnl) = new Holding(10, 100, 4, 0).Sold(4, 480);

        Assert.Equal(new Holding(6, 100, 0, 80), after);
        Assert.Equal(80, pnl);
    }

    [Fact]
    public void A_price_beyond_the_reservation_is_paid_from_free_cash()
    {
        var order = new OrderState(Side.Buy, PositionEffect.Open, 1, 0, null, 102, 0);

        var fill = OrderFill.Book(s_user, "SPY", order, Holding.Flat, new FillShare(1, 110, 110, 0));

        Assert.Equal(-8, fill.FreeCashChange);
        Assert.Equal(-110, fill.CashAmount);
    }

    [Fact]
    public void A_cheaper_fill_gives_the_rest_of_the_reservation_back()
    {
        var order = new OrderState(Side.Buy, PositionEffect.Open, 2, 0, null, 204, 0);

        var first = OrderFill.Book(s_user, "SPY", order, Holding.Flat, new FillShare(1, 100, 100, 0));
        var second = OrderFill.Book(s_user, "SPY", first.Order, first.Position, new FillShare(1, 99, 99, 0));

        Assert.Equal(2, first.FreeCashChange);
        Assert.Equal(102, first.Order.ReservedCash);
        Assert.Equal(3, second.FreeCashChange);
        Assert.Equal(0, second.Order.ReservedCash);
        Assert.Equal(99.5m, second.Order.AveragePrice);
    }

    [Fact]
    public void Orders_that_shared_a_crypto_sale_get_the_price_and_pay_the_fee_of_the_whole()
    {
        // 0.3 at 40,000.33: 12,000.10 before a fee of 30.01 (25 basis points, rounded up).
        var shares = FillShare.Split(AssetClass.Crypto, Side.Sell, 0.3m, 40_000.33m, [0.1m, 0.2m]);

        Assert.Equal([0.1m, 0.2m], shares.Select(share => share.Quantity));
        Assert.Equal(12_000.10m, shares.Sum(share => share.Cash));
        Assert.Equal(30.01m, shares.Sum(share => share.Fee));
    }

    [Fact]
    public void A_fill_beyond_the_order_stops_the_books() =>
        Assert.Throws<InvalidOperationException>(() =>
            OrderFill.Book(s_user, "SPY", new OrderState(Side.Buy, PositionEffect.Open, 1, 0, null, 100, 0), Holding.Flat, new FillShare(2, 10, 20, 0)));

    [Fact]
    public void A_sale_of_units_that_were_not_reserved_stops_the_books() =>
        Assert.Throws<InvalidOperationException>(() =>
            OrderFill.Book(s_user, "SPY", new OrderState(Side.Sell, PositionEffect.Close, 2, 0, null, 0, 1), new Holding(5, 10, 1, 0), new FillShare(2, 10, 20, 0)));

    [Fact]
    public void Many_small_parts_within_the_collar_cost_their_owner_no_more_than_was_reserved()
    {
        // Half a cent more per part than the whole costs: rounded up four times.
        var order = new OrderState(Side.Buy, PositionEffect.Open, 0.02m, 0, null, 0.02m, 0, Collar: 1);
        var (position, cash, postings) = (Holding.Flat, 0m, new List<Posting>());
        for (var i = 0; i < 4; i++)
        {
            var share = FillShare.Split(AssetClass.Stock, Side.Buy, 0.005m, 1, [order.Remaining])[0];
            var fill = OrderFill.Book(s_user, "SPY", order, position, share);
            (order, position) = (fill.Order, fill.Position);
            cash += fill.FreeCashChange;
            postings.AddRange(fill.Postings);
        }

        Assert.Equal(0, cash);
        Assert.Equal(-0.02m, Balance(postings, new(LedgerAccount.House, LedgerKind.Rounding), "USD"));
        Assert.Equal(0.04m, Balance(postings, new(LedgerAccount.House, LedgerKind.Market), "USD"));
    }

    [Fact]
    public void A_part_gives_back_no_more_of_the_reservation_than_the_rest_can_spare()
    {
        // 1,000 parts of half a cent each round to nothing; a cent given back with each would leave the last for the house to pay.
        var order = new OrderState(Side.Buy, PositionEffect.Open, 1, 0, null, 5.01m, 0, Collar: 5.01m);
        var (position, cash, postings) = (Holding.Flat, 0m, new List<Posting>());
        for (var i = 0; i < 501; i++)
        {
            Fill(0.001m, 4.99m);
        }

        Fill(order.Remaining, 4.99m);

        Assert.Equal(0, Balance(postings, new(LedgerAccount.House, LedgerKind.Rounding), "USD"));
        Assert.Equal((0m, 5.01m - 2.49m), (order.ReservedCash, cash));

        void Fill(decimal quantity, decimal price)
        {
            var fill = OrderFill.Book(s_user, "SPY", order, position, FillShare.Split(AssetClass.Stock, Side.Buy, quantity, price, [order.Remaining])[0]);
            (order, position) = (fill.Order, fill.Position);
            cash += fill.FreeCashChange;
            postings.AddRange(fill.Postings);
        }
    }

    [Fact]
    public void Whoever_buys_back_at_a_loss_bears_it_himself_though_other_short_sales_changed_his_margin()
    {
        // 10 sold short at 100 and 1,000 at 10: the margin of a unit is 16.35, far below the collar of the purchase.
        var position = Holding.Flat.Shorted(10, 1000, 1510).Shorted(1000, 10_000, 15_000) with { Reserved = 10 };
        var cover = new OrderState(Side.Buy, PositionEffect.Close, 10, 0, null, 0, 10, Collar: 102);

        var covered = OrderFill.Book(s_user, "SPY", cover, position, new FillShare(10, 100, 1000, 0));

        Assert.Equal(0, Balance(covered.Postings, new(LedgerAccount.House, LedgerKind.Rounding), "USD"));
        Assert.Equal((-1000m, 163.46m - 1000), (covered.CashAmount, covered.FreeCashChange));
        Assert.Equal(-1000m, Balance(covered.Postings, new(s_user, LedgerKind.Margin), "USD") + Balance(covered.Postings, new(s_user, LedgerKind.Cash), "USD"));
    }

    [Fact]
    public void A_part_bought_back_leaves_the_rest_its_own_part_of_the_reservation()
    {
        var position = Holding.Flat.Shorted(10, 1000, 1000) with { Reserved = 10 };
        var cover = new OrderState(Side.Buy, PositionEffect.Close, 10, 0, null, 200, 10, Collar: 120);

        var first = OrderFill.Book(s_user, "SPY", cover, position, new FillShare(1, 120, 120, 0));
        var rest = OrderFill.Book(s_user, "SPY", first.Order, first.Position, new FillShare(9, 120, 1080, 0));

        Assert.Equal((180m, 0m), (first.Order.ReservedCash, first.FreeCashChange));
        Assert.Equal((0m, 0m), (rest.Order.ReservedCash, rest.FreeCashChange));
    }

    [Fact]
    public void What_a_short_sale_brings_is_held_with_its_margin_until_the_units_are_back()
    {
        var sale = new OrderState(Side.Sell, PositionEffect.Open, 10, 0, null, 510, 0, Collar: 102);
        var sold = OrderFill.Book(s_user, "SPY", sale, Holding.Flat, new FillShare(10, 100, 1000, 0));

        Assert.Equal(new Holding(-10, 100, 0, 0, 1510), sold.Position);
        Assert.Equal(0, sold.FreeCashChange);

        var cover = new OrderState(Side.Buy, PositionEffect.Close, 10, 0, null, 0, 10, Collar: 102);
        var covered = OrderFill.Book(s_user, "SPY", cover, sold.Position with { Reserved = 10 }, new FillShare(10, 90, 900, 0));

        Assert.Equal(new Holding(0, 0, 0, 100, 0), covered.Position);
        Assert.Equal(1510 - 900, covered.FreeCashChange);
        Assert.Equal(100, covered.RealisedPnl);
        Assert.Equal(0, Balance([.. sold.Postings, .. covered.Postings], new(s_user, LedgerKind.Margin), "USD"));
        Assert.Equal(100, Balance([.. sold.Postings, .. covered.Postings], new(s_user, LedgerKind.RealisedPnl), "USD"));
    }

    private static (OrderFill End, List<Posting> Postings) FillAll(
        OrderState order, Holding position, string symbol, AssetClass assetClass, (int Units, int Cents)[] fills)
    {
        var postings = new List<Posting>();
        OrderFill? last = null;
        foreach (var (units, cents) in fills)
        {
            var share = FillShare.Split(assetClass, order.Side, units, cents / 100m, [order.Remaining])[0];
            last = OrderFill.Book(s_user, symbol, order, position, share);
            (order, position) = (last.Order, last.Position);
            postings.AddRange(last.Postings);
        }

        return (last!, postings);
    }

    private static decimal Balance(IEnumerable<Posting> postings, LedgerAccount account, string asset) =>
        postings.Where(posting => posting.Asset == asset)
            .Sum(posting => (posting.Credit == account ? posting.Amount : 0) - (posting.Debit == account ? posting.Amount : 0));
}
