using StratForge.Trading.Matching;

namespace StratForge.Trading.Tests.Matching;

public sealed class BarPathTests
{
    [Theory]
    [InlineData(100, 104, 99, 103, new[] { 100, 99, 104, 103 })]
    [InlineData(103, 104, 99, 100, new[] { 103, 104, 99, 100 })]
    [InlineData(100, 104, 99, 100, new[] { 100, 99, 104, 100 })]
    public void A_rising_bar_visits_its_low_first_and_a_falling_one_its_high(int open, int high, int low, int close, int[] path)
    {
        Assert.Equal(path.Select(price => (decimal)price), Enumerable.Range(0, 4).Select(step => BarPath.PriceOfStep(open, high, low, close, step)));
        Assert.Equal(path[1], BarPath.PriceAt(open, high, low, close, TimeSpan.FromSeconds(29.999)));
        Assert.Equal(path[2], BarPath.PriceAt(open, high, low, close, TimeSpan.FromSeconds(30)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(60)]
    public void A_moment_outside_of_the_minute_has_no_price_in_it(int second) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => BarPath.PriceAt(1m, 1m, 1m, 1m, TimeSpan.FromSeconds(second)));
}
