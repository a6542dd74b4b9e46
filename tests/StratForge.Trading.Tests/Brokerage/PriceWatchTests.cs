using StratForge.Contracts.Orders;
using StratForge.Trading.Brokerage;

namespace StratForge.Trading.Tests.Brokerage;

/// <summary>What a book waits for. That nothing is overlooked is a property of the house (<see cref="HouseProperties"/>); here, that it does not wake for
/// every price.</summary>
public class PriceWatchTests
{
    private readonly TradingFloor _floor = new();

    public PriceWatchTests() => _floor.Quote(100, 100.02m);

    private PriceWatch Watch => _floor.House.BookOf(TradingFloor.Stock).Watch;

    [Fact]
    public void A_purchase_with_a_limit_wakes_at_an_offer_that_low()
    {
        _floor.Place(_floor.Open(), Side.Buy, 1, limit: 95);
        _floor.Place(_floor.Open(), Side.Buy, 1, limit: 90);
        Assert.False(IsMovedBy(95, 95.01m));
        Assert.True(IsMovedBy(94.98m, 95));
    }

    [Fact]
    public void A_stale_quote_reaches_no_limit()
    {
        _floor.Place(_floor.Open(), Side.Buy, 1, limit: 95);
        Assert.False(Watch.IsMovedBy(new MarketView(90, 90, 90, _floor.Now, IsFresh: false)));
    }

    [Fact]
    public void Of_a_bracket_the_nearer_exit_is_waited_for_on_each_side()
    {
        var entry = _floor.Place(_floor.Open(), Side.Buy, 10, legs: new ExitLegs(110, 95, null));
        Assert.True(Watch.IsRestless);

        _floor.Fill(entry, 100.02m);
        Assert.Equal((false, 110m, 95m), (Watch.IsRestless, Watch.SellLimit, Watch.SellStop));
        Assert.False(IsMovedBy(109.97m, 109.99m));
        Assert.True(IsMovedBy(110, 110.02m));
        Assert.True(IsMovedBy(95, 95));
    }

    [Fact]
    public void An_entry_that_is_not_filled_leaves_its_exits_out_of_it()
    {
        _floor.Place(_floor.Open(), Side.Buy, 10, limit: 90, legs: new ExitLegs(110, 85, null));
        Assert.Equal((false, 90m, null, null), (Watch.IsRestless, Watch.BuyLimit, Watch.SellLimit, Watch.SellStop));
    }

    [Fact]
    public void A_trailing_stop_wakes_at_its_stop_and_at_every_new_best_price()
    {
        _floor.Place(_floor.Open(units: 10), Side.Sell, 10, trail: 5);
        Assert.False(IsMovedBy(100, 100.02m));
        Assert.True(IsMovedBy(100.02m, 100.02m));
        Assert.True(IsMovedBy(95, 95));

        _floor.Quote(104, 104);
        Assert.Equal((104m, 99m), (Watch.SellWater, Watch.SellStop));
    }

    [Fact]
    public void A_stop_that_was_reached_waits_for_its_limit_alone()
    {
        _floor.Place(_floor.Open(units: 10), Side.Sell, 10, limit: 94.50m, stop: 95);
        _floor.Quote(94, 94);
        Assert.Equal((false, null, 94.50m), (Watch.IsRestless, Watch.SellStop, Watch.SellLimit));
    }

    [Fact]
    public void What_runs_out_first_wakes_the_book()
    {
        var opens = _floor.Now;
        _floor.Place(_floor.Open(), Side.Buy, 1, limit: 90, expiresAt: opens.AddHours(2));
        var sooner = _floor.Place(_floor.Open(), Side.Buy, 1, limit: 90, expiresAt: opens.AddHours(1));
        Assert.Equal(opens.AddHours(1), Watch.ExpiresAt);

        _floor.Cancel(sooner);
        Assert.Equal(opens.AddHours(2), Watch.ExpiresAt);
    }

    [Fact]
    public void While_something_is_ready_or_at_the_broker_every_price_counts()
    {
        _floor.Slots = 0;
        var order = _floor.Place(_floor.Open(), Side.Buy, 1);
        Assert.True(Watch.IsRestless);

        _floor.Slots = 1;
        _floor.Wait(TimeSpan.FromSeconds(1));
        Assert.False(order.IsInHouse);
        Assert.True(Watch.IsRestless);

        _floor.Fill(order, 100.02m);
        Assert.False(Watch.IsRestless);
        Assert.False(IsMovedBy(1, 1));
    }

    private bool IsMovedBy(decimal bid, decimal ask) => Watch.IsMovedBy(new MarketView((bid + ask) / 2, bid, ask, _floor.Now, IsFresh: true));
}
