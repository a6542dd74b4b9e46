using StratForge.Alpaca;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Market;
using StratForge.Gateway.Orders;
using StratForge.Testing;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Tests.Orders;

/// <summary>Prices that the venue is asked for before an order is taken in: all users share its requests.</summary>
public sealed class AskedPriceTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>, IAsyncLifetime
{
    private OrderHouse _house = null!;

    public async Task InitializeAsync()
    {
        _house = await OrderHouse.OpenAsync(database, redis, new PaperVenue(TimeProvider.System) { Listed = ["QUIET", "DEAR", "BTC/USD"] });
        await _house.Get<ListedAssets>().RefreshAsync(CancellationToken.None);
    }

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task The_venue_is_not_asked_for_the_price_of_what_can_not_be_ordered()
    {
        var user = await _house.AUserAsync();

        var answers = new[]
        {
            await _house.PlaceAsync(user, new OrderTerms("INVENT", Side.Buy, 1, OrderType.Limit, "gtc", 10)),
            await _house.PlaceAsync(user, new OrderTerms("INVENT", Side.Buy, 1, OrderType.Market, "day")),
            await _house.PlaceAsync(user, new OrderWish(new OrderTerms("INVENT", Side.Buy, 0, OrderType.Market, "day"), Notional: 100)),
            await _house.PlaceAsync(user, new OrderTerms("QUIET", Side.Buy, -1, OrderType.Market, "day")),
            await _house.PlaceAsync(user, new OrderTerms("BTC/USD", Side.Buy, 1, OrderType.Market, "day")),
        };

        Assert.Equal(
            ["UNKNOWN_SYMBOL", "UNKNOWN_SYMBOL", "UNKNOWN_SYMBOL", "BAD_QUANTITY", "BAD_TIME_IN_FORCE"], answers.Select(answer => answer.Code));
        Assert.Empty(_house.Venue.AskedFor);
    }

    [Fact]
    public async Task Orders_that_come_while_the_venue_is_asked_for_their_price_wait_for_the_same_answer()
    {
        var (one, other) = (await _house.AUserAsync(), await _house.AUserAsync());
        var quote = new TaskCompletionSource<AlpacaQuote?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _house.Venue.Quotes = _ => quote.Task;

        var orders = new[] { _house.PlaceAsync(one, "DEAR", Side.Buy, 1), _house.PlaceAsync(other, "DEAR", Side.Buy, 2) };
        quote.SetResult(new AlpacaQuote(TimeProvider.System.GetUtcNow(), 199, 1, 201, 1));
        var answers = await Task.WhenAll(orders);

        Assert.All(answers, answer => Assert.Equal(ExecuteOutcome.Accepted, answer.Status));
        Assert.Equal("DEAR", Assert.Single(_house.Venue.AskedFor));
    }

    [Fact]
    public async Task A_symbol_without_quotes_is_not_asked_for_by_every_order()
    {
        var user = await _house.AUserAsync();

        var answers = new[] { await _house.PlaceAsync(user, "QUIET", Side.Buy, 1), await _house.PlaceAsync(user, "QUIET", Side.Buy, 1) };

        Assert.All(answers, answer => Assert.Equal("NO_PRICE", answer.Code));
        Assert.Single(_house.Venue.AskedFor);
    }

    [Fact]
    public async Task Questions_that_the_venue_could_not_answer_in_time_are_not_asked()
    {
        var prices = _house.Get<VenuePrices>();
        var quote = new TaskCompletionSource<AlpacaQuote?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _house.Venue.Quotes = _ => quote.Task;

        var waiting = Enumerable.Range(0, 30).Select(n => prices.AskAsync($"S{(char)('A' + n / 26)}{(char)('A' + n % 26)}", CancellationToken.None)).ToArray();
        var beyond = prices.AskAsync("TOOMANY", CancellationToken.None);

        Assert.True(beyond.IsCompletedSuccessfully);
        Assert.DoesNotContain(waiting, one => one.IsCompleted);
        quote.SetResult(null);
        await Task.WhenAll(waiting);
        await prices.AskAsync("TOOMANY", CancellationToken.None);
        Assert.Equal(31, _house.Venue.AskedFor.Count);
    }
}
