using Microsoft.Extensions.Logging.Abstractions;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Market;
using StratForge.Testing;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Tests.Market;

public sealed class LastPricesTests
{
    private const string Symbol = "ABC";

    private readonly ManualClock _clock = new();
    private readonly LastPrices _prices;
    private readonly MarketViews _views;

    public LastPricesTests()
    {
        _prices = new LastPrices(null!, _clock, NullLogger<LastPrices>.Instance);
        _views = new MarketViews(_prices, new ListedAssets(new QuietBroker(), _clock, NullLogger<ListedAssets>.Instance), _clock);
    }

    private MarketView Market => _views.Of(Symbol)!;

    [Fact]
    public void A_bar_does_not_make_the_quote_before_it_fresh_again()
    {
        _prices.Note(AQuote);
        Assert.True(Market.IsFresh);

        _clock.Advance(TimeSpan.FromSeconds(6));
        _prices.Note(ABar);

        Assert.Equal((102m, 99m, 101m, false), (Market.Last, Market.Bid, Market.Ask, Market.IsFresh));
    }

    [Fact]
    public void Where_only_bars_come_a_quote_is_forgotten_after_a_minute_and_the_bar_counts()
    {
        _prices.Note(AQuote);
        _clock.Advance(TimeSpan.FromSeconds(40));
        _prices.Note(ABar);
        _clock.Advance(TimeSpan.FromSeconds(21));
        _prices.Note(ABar);

        Assert.Equal((null, 102m, true), (Market.Bid, Market.Offer, Market.IsFresh));
        _clock.Advance(TimeSpan.FromSeconds(6));
        Assert.False(Market.IsFresh);
    }

    [Fact]
    public void A_quote_that_was_asked_for_is_as_old_as_the_market_has_come_since()
    {
        _prices.Note(new LastPrice("OTHER", 5, _clock.GetUtcNow()));

        _prices.NoteAsked(AQuote with { At = _clock.GetUtcNow().AddHours(-3) });
        Assert.Equal((101m, false), (Market.Ask, Market.IsFresh));
        _prices.NoteAsked(AQuote);
        Assert.True(Market.IsFresh);
    }

    private LastPrice AQuote => new(Symbol, 100, _clock.GetUtcNow(), 99, 101);

    private LastPrice ABar => new(Symbol, 102, _clock.GetUtcNow());
}
