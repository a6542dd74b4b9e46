using StratForge.Contracts.Orders;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Market;
using StratForge.Gateway.Orders;
using StratForge.Testing;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Tests.Orders;

/// <summary>Orders for the day that come while the venue is away: they end with the day all the same.</summary>
public sealed class DayEndTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>
{
    private readonly PaperVenue _venue = new(TimeProvider.System) { IsAway = true };

    [Fact]
    public async Task While_the_venue_is_away_the_calendar_says_when_the_day_ends()
    {
        await using var house = await OrderHouse.OpenAsync(database, redis, _venue);
        var user = await house.AUserAsync();
        house.Get<LastPrices>().Note(new LastPrice("DAA", 12, new DateTimeOffset(2024, 11, 29, 15, 0, 0, TimeSpan.Zero)));

        var order = (await house.PlaceAsync(user, "DAA", Side.Buy, 1, limit: 10)).OrderId!.Value;

        // The day after Thanksgiving ends at one in New York.
        Assert.Equal(new DateTimeOffset(2024, 11, 29, 18, 0, 0, TimeSpan.Zero), await ExpiryAsync(order));
        house.Get<LastPrices>().Note(new LastPrice("DAA", 12, new DateTimeOffset(2024, 11, 29, 18, 0, 0, TimeSpan.Zero)));
        await house.SettleUntilAsync(order, OrderStatus.Expired);
    }

    [Fact]
    public async Task An_order_that_was_taken_in_while_nobody_knew_the_close_gets_it_as_soon_as_somebody_does_and_so_do_its_exits()
    {
        Guid order;
        await using (var before = await OrderHouse.OpenAsync(database, redis, _venue))
        {
            var user = await before.AUserAsync();
            order = (await before.PlaceAsync(
                user, new OrderWish(new OrderTerms("DAB", Side.Buy, 1, OrderType.Limit, "day", 10), null, "bracket", new ExitLegs(12, 8, null)))).OrderId!.Value;
            Assert.Null(await ExpiryAsync(order));
        }

        var close = TimeProvider.System.Now().AddHours(3);
        (_venue.IsAway, _venue.ClosesAt) = (false, close);
        await using var house = await OrderHouse.OpenAsync(database, redis, _venue);
        await house.StartAsync(house.Get<MarketHours>());
        await house.StartAsync(house.Get<DayEnds>());

        await Eventually.BecomesAsync(
            () => database.ValueAsync<long>("select count(*) from orders where expires_at = $1 and (id = $2 or parent_id = $2)", close, order),
            static count => count == 3);
        house.Get<LastPrices>().Note(new LastPrice("DAB", 12, close));
        await house.SettleUntilAsync(order, OrderStatus.Expired);
    }

    private async Task<DateTimeOffset?> ExpiryAsync(Guid order) =>
        await database.ValueAsync<DateTime?>("select expires_at from orders where id = $1", order) is { } at ? new DateTimeOffset(at, TimeSpan.Zero) : null;
}
