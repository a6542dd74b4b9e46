using StratForge.SimulatedExchange.Accounts;
using StratForge.SimulatedExchange.Market;

namespace StratForge.SimulatedExchange.Tests.Accounts;

public sealed class MarginTests
{
    private static readonly DateTimeOffset Now = new(2026, 2, 3, 15, 0, 0, TimeSpan.Zero);

    private static (Position Position, Instrument Instrument, decimal Price) Held(string symbol, decimal quantity, decimal price) =>
        (new Position(symbol, quantity, price, Now), Listing.Of(symbol), price);

    [Fact]
    public void A_flat_account_buys_for_four_times_its_cash()
    {
        var figures = Margin.Of(100_000m, 0m, [], 4);

        Assert.Equal((400_000m, 200_000m, 100_000m), (figures.BuyingPower, figures.RegTBuyingPower, figures.NonMarginableBuyingPower));
    }

    [Fact]
    public void Shares_tie_up_half_their_value_overnight_and_thirty_percent_by_day()
    {
        var figures = Margin.Of(90_000m, 0m, [Held("SPY", 100m, 100m)], 4);

        Assert.Equal((100_000m, 5_000m, 3_000m), (figures.Equity, figures.InitialMargin, figures.MaintenanceMargin));
        Assert.Equal((388_000m, 190_000m), (figures.BuyingPower, figures.RegTBuyingPower));
    }

    [Fact]
    public void Crypto_is_bought_with_cash_alone()
    {
        var figures = Margin.Of(90_000m, 1_000m, [Held("BTC/USD", 1m, 10_000m)], 4);

        Assert.Equal((89_000m, 10_000m), (figures.NonMarginableBuyingPower, figures.InitialMargin));
    }

    [Fact]
    public void Open_orders_take_their_share_of_every_kind_of_power()
    {
        var figures = Margin.Of(100_000m, 30_000m, [], 4);

        Assert.Equal((370_000m, 170_000m, 70_000m), (figures.BuyingPower, figures.RegTBuyingPower, figures.NonMarginableBuyingPower));
    }

    [Theory]
    [InlineData(1, 100_000, 100_000)]
    [InlineData(2, 100_000, 200_000)]
    [InlineData(4, 1_999, 1_999)]
    public void Without_margin_cash_is_all_there_is(int multiplier, int cash, int power) =>
        Assert.Equal(power, Margin.Of(cash, 0m, [], multiplier).BuyingPower);

    [Fact]
    public void A_short_position_counts_against_the_account()
    {
        var figures = Margin.Of(110_000m, 0m, [Held("SPY", -100m, 100m)], 4);

        Assert.Equal((-10_000m, 100_000m, 3_000m), (figures.ShortValue, figures.Equity, figures.MaintenanceMargin));
    }
}
