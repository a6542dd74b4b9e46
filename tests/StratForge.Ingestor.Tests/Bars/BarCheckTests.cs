using StratForge.Alpaca;
using StratForge.Ingestor.Bars;

namespace StratForge.Ingestor.Tests.Bars;

public sealed class BarCheckTests
{
    private static readonly AlpacaBar Good = new(new DateTimeOffset(2013, 10, 4, 12, 0, 0, TimeSpan.Zero), 10, 12, 9, 11, 100);

    [Fact]
    public void An_ordinary_bar_passes_and_so_does_a_minute_in_which_nothing_traded()
    {
        Assert.Null(BarCheck.FaultOf(Good));
        Assert.Null(BarCheck.FaultOf(Good with { Open = 10, High = 10, Low = 10, Close = 10, Volume = 0 }));
    }

    [Fact]
    public void A_bar_that_cannot_be_true_is_named_for_its_fault()
    {
        Assert.Equal("price not above zero", BarCheck.FaultOf(Good with { Low = -1 }));
        Assert.Equal("price not above zero", BarCheck.FaultOf(Good with { Close = 0 }));
        Assert.Equal("high below low", BarCheck.FaultOf(Good with { High = 8 }));
        Assert.Equal("high below open or close", BarCheck.FaultOf(Good with { High = 10.5m }));
        Assert.Equal("low above open or close", BarCheck.FaultOf(Good with { Low = 10.5m }));
        Assert.Equal("volume below zero", BarCheck.FaultOf(Good with { Volume = -1 }));
        Assert.Equal("time within a minute", BarCheck.FaultOf(Good with { Time = Good.Time.AddSeconds(1) }));
    }

    [Fact]
    public void A_quote_nobody_could_trade_at_is_of_no_use()
    {
        Assert.Null(BarCheck.FaultOf(new AlpacaQuote(Good.Time, 10, 1, 10, 1)));
        Assert.NotNull(BarCheck.FaultOf(new AlpacaQuote(Good.Time, 10, 1, 0, 0)));
        Assert.NotNull(BarCheck.FaultOf(new AlpacaTrade(Good.Time, -10, 1)));
    }
}
