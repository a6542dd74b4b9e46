using StratForge.Contracts.Orders;
using StratForge.Trading.Matching;

namespace StratForge.Trading.Tests.Matching;

public sealed class QuoteMatchingTests
{
    private static readonly TopOfBook Quote = new(99m, 101m);

    [Theory]
    [InlineData(Side.Buy, null, 101.0)]
    [InlineData(Side.Sell, null, 99.0)]
    [InlineData(Side.Buy, 101.0, 101.0)]
    [InlineData(Side.Buy, 105.0, 101.0)]
    [InlineData(Side.Buy, 100.99, null)]
    [InlineData(Side.Sell, 99.0, 99.0)]
    [InlineData(Side.Sell, 95.0, 99.0)]
    [InlineData(Side.Sell, 99.01, null)]
    public void An_order_trades_at_the_far_side_or_waits_for_its_limit(Side side, double? limit, double? price) =>
        Assert.Equal((decimal?)price, QuoteMatching.PriceOf(side, (decimal?)limit, Quote));

    [Fact]
    public void A_quote_lies_around_its_price_on_the_tick()
    {
        Assert.Equal(new TopOfBook(100m, 100m), TopOfBook.Around(100m, 0m, 0.01m));
        Assert.Equal(new TopOfBook(99.99m, 100.01m), TopOfBook.Around(100m, 2m, 0.01m));
        Assert.Equal(new TopOfBook(39_211.09m, 39_218.93m), TopOfBook.Around(39_215.01m, 2m, 0.01m));
        Assert.Equal(0.01m, TopOfBook.Around(0.01m, 1_000m, 0.01m).Bid);
    }

    [Fact]
    public void A_part_is_never_nothing_and_never_more_than_is_left()
    {
        var random = new Random(7);
        for (var draw = 0; draw < 2_000; draw++)
        {
            var whole = draw % 2 == 0;
            var remaining = whole ? random.Next(1, 500) : decimal.Round((decimal)random.NextDouble(), 9) + 0.000000001m;

            var part = QuoteMatching.QuantityOf(remaining, whole, 0.9, random.NextDouble(), random.NextDouble());

            Assert.InRange(part, 0.000000001m, remaining);
            Assert.True(!whole || part == decimal.Truncate(part));
        }

        Assert.Equal(10m, QuoteMatching.QuantityOf(10m, wholeUnits: true, 0.1, chance: 0.1, share: 0.5));
        Assert.Equal(5m, QuoteMatching.QuantityOf(10m, wholeUnits: true, 0.1, chance: 0.09, share: 0.5));
    }
}
