using StratForge.Ingestor.Venues;

namespace StratForge.Ingestor.Tests.Venues;

public sealed class PriceStreamsTests
{
    [Fact]
    public void A_symbol_that_nobody_wants_any_more_is_not_asked_for_again_when_what_it_was_asked_with_is_refused()
    {
        var prices = new PriceStreams();
        prices.Asked(["IBM", "MSFT"]);
        prices.Asked(["SPY"]);

        prices.Remove(["MSFT", "SPY"]);

        Assert.Equal(["IBM"], prices.Refused());
        Assert.Equal([], prices.Refused());
        Assert.Null(prices.Refused());
    }
}
