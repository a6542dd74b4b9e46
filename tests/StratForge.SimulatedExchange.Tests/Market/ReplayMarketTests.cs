using StratForge.SimulatedExchange.Market;

namespace StratForge.SimulatedExchange.Tests.Market;

public sealed class ReplayMarketTests
{
    private static readonly DateTimeOffset Start = BarFile.Start;

    [Theory]
    [InlineData("SPY,2014-06-02T14:01:00Z,100,99,98,100,5", "line 3: open 100, high 99, low 98, close 100 are not the prices of one bar")]
    [InlineData("SPY,2014-06-02T14:01:00Z,100,101,0,100,5", "line 3: open 100, high 101, low 0, close 100 are not the prices of one bar")]
    [InlineData("SPY,2014-06-02T14:01:00Z,x,101,99,100,5", "line 3: open 'x' is not a number")]
    [InlineData("SPY,2014-06-02T14:01:00Z,100,101,99,100,-1", "line 3: the volume -1 is negative")]
    [InlineData("spy,2014-06-02T14:01:00Z,100,101,99,100,5", "line 3: 'spy' is not a symbol")]
    [InlineData("SPY,yesterday,100,101,99,100,5", "line 3: 'yesterday' is not an ISO 8601 time")]
    [InlineData("SPY,2014-06-02T14:01:30Z,100,101,99,100,5", "line 3: 2014-06-02T14:01:30.0000000+00:00 is not a whole minute")]
    [InlineData("SPY,2014-06-02T14:00:00Z,100,101,99,100,5", "line 3: a second bar of SPY at 2014-06-02T14:00:00.0000000+00:00")]
    [InlineData("SPY,2014-06-02T14:01:00Z,100,101", "line 3: low '' is not a number")]
    public void A_bar_that_cannot_be_is_refused_with_its_line(string line, string complaint)
    {
        using var bars = BarFile.Flat("SPY", 100m).Line(line);

        var refused = Assert.Throws<ReplayFileException>(() => ReplayMarket.Load([bars.Path]));

        Assert.Contains(complaint, refused.Message, StringComparison.Ordinal);
        Assert.Contains(bars.Path, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_missing_or_has_other_columns_is_refused()
    {
        using var folder = new TemporaryFolder();
        var other = Path.Combine(folder.Path, "other.csv");
        File.WriteAllText(other, "time,price\n");

        Assert.Throws<ReplayFileException>(() => ReplayMarket.Load([Path.Combine(folder.Path, "absent.csv")]));
        Assert.Contains("the header must name the columns", Assert.Throws<ReplayFileException>(() => ReplayMarket.Load([other])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pause_of_more_than_a_quarter_hour_is_jumped_over_and_a_shorter_one_walked()
    {
        using var bars = BarFile.Flat("SPY", 100m);
        bars.Add("SPY", Start.AddMinutes(16), 101m, 101m, 101m, 101m).Add("SPY", Start.AddMinutes(40), 102m, 102m, 102m, 102m);
        var market = ReplayMarket.Load([bars.Path]);

        Assert.Equal(Start, market.BeginsAt(DateTimeOffset.MaxValue));
        Assert.Equal(Start.AddMinutes(1), market.GoesOnAt(Start.AddMinutes(1)));
        Assert.Equal(Start.AddMinutes(40), market.GoesOnAt(Start.AddMinutes(17)));
        Assert.Null(market.GoesOnAt(Start.AddMinutes(41)));
    }

    [Fact]
    public void In_a_minute_without_a_bar_the_last_close_stands()
    {
        using var bars = BarFile.Empty().Add("SPY", Start, 100m, 103m, 99m, 102m).Add("SPY", Start.AddMinutes(3), 105m, 105m, 105m, 105m);
        var market = ReplayMarket.Load([bars.Path]);
        var spy = market.Find("SPY")!;

        Assert.Null(market.PriceAt(spy, Start.AddSeconds(-1)));
        Assert.Equal(99m, market.PriceAt(spy, Start.AddSeconds(29)));
        Assert.Equal(103m, market.PriceAt(spy, Start.AddSeconds(30)));
        Assert.Equal(102m, market.PriceAt(spy, Start.AddSeconds(150)));
        Assert.Equal(105m, market.PriceAt(spy, Start.AddSeconds(180)));
    }

    [Fact]
    public void Day_files_are_history_and_minutes_take_precedence_over_them()
    {
        using var minutes = BarFile.Flat("SPY", 100m, 101m);
        using var days = BarFile.Empty()
            .Add("SPY", new DateTimeOffset(2014, 5, 30, 4, 0, 0, TimeSpan.Zero), 90m, 95m, 89m, 94m)
            .Add("SPY", new DateTimeOffset(2014, 6, 2, 4, 0, 0, TimeSpan.Zero), 94m, 110m, 93m, 109m);
        var market = ReplayMarket.Load([days.Path, minutes.Path]);
        var spy = market.Find("SPY")!;

        var now = Start.AddMinutes(1);
        Assert.True(Timeframe.TryParse("1Day", out var daily));
        var bars = BarHistory.Bars(market, spy, daily, Start.AddDays(-30), Start.AddDays(30), now, descending: false).ToList();

        Assert.Equal([94m, 100m], bars.Select(bar => bar.Close));
        Assert.Equal(Start, market.BeginsAt(Start));
    }

    [Fact]
    public void Markets_of_the_same_bars_are_the_same_market()
    {
        using var one = BarFile.Flat("SPY", 100m, 101m);
        using var copy = BarFile.Flat("SPY", 100m, 101m);
        using var other = BarFile.Flat("SPY", 100m, 102m);

        Assert.Equal(ReplayMarket.Load([one.Path]).Key, ReplayMarket.Load([copy.Path]).Key);
        Assert.NotEqual(ReplayMarket.Load([one.Path]).Key, ReplayMarket.Load([other.Path]).Key);
    }
}
