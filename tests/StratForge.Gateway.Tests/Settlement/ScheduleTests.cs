using StratForge.Alpaca;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Tests.Orders;
using StratForge.Testing;

namespace StratForge.Gateway.Tests.Settlement;

/// <summary>Random schedules of many users' orders on both sides, fills in parts, events twice, late or never, cancels and
/// restarts. Whatever happened, the books balance and agree with the venue to the last unit.</summary>
public sealed class ScheduleTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>
{
    private const int Users = 6;
    private const int Steps = 60;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task The_books_agree_with_the_venue_after(int seed)
    {
        string[] symbols = [$"S{Letter(seed)}A", $"S{Letter(seed)}B"];
        var random = new Random(seed);
        var venue = new PaperVenue(TimeProvider.System);
        var house = await OpenAsync(venue, symbols);
        var users = new List<Guid>();
        for (var i = 0; i < Users; i++)
        {
            users.Add(await house.AUserAsync(5_000));
        }

        var late = new List<AlpacaTradeUpdate>();
        for (var step = 0; step < Steps; step++)
        {
            var user = users[random.Next(Users)];
            var symbol = symbols[random.Next(2)];
            switch (random.Next(10))
            {
                case < 5:
                    var side = random.Next(2) == 0 ? Side.Buy : Side.Sell;
                    var quantity = random.Next(1, 12);
                    await (random.Next(3) == 0
                        ? house.PlaceAsync(user, symbol, side, quantity, limit: 90 + random.Next(20))
                        : house.PlaceAsync(user, symbol, side, quantity));
                    break;
                case < 8:
                    Happen(venue, random, late);
                    break;
                case 8:
                    var open = await database.ValueAsync<Guid>(
                        "select id from orders where user_id = $1 and status in ('accepted', 'new', 'partially_filled') order by id limit 1", user);
                    await house.Cancels.CancelAsync(user, open, CancellationToken.None);
                    break;
                default:
                    await house.DisposeAsync();
                    house = await OpenAsync(venue, symbols);
                    break;
            }

            if (random.Next(3) == 0)
            {
                await house.SettleAsync();
                await Books.AssertBalancedAsync(database);
            }
        }

        // Everything that is open ends; what nobody heard of is found by looking.
        var low = false;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await OpenOrdersAsync(users) > 0)
        {
            Assert.False(patience.IsCancellationRequested, $"Orders are stuck with seed {seed}.");
            // Limits that wait for their price get it.
            low = !low;
            symbols.ToList().ForEach(symbol => house.Price(symbol, low ? 80 : 120));
            foreach (var order in venue.Orders.Where(order => !order.IsOver))
            {
                venue.Fill(order, order.Qty!.Value - order.FilledQty, 100, tell: false);
            }

            foreach (var update in late)
            {
                venue.OnUpdate!(update);
            }

            late.Clear();
            await house.Recovery.SweepAsync(CancellationToken.None);
            await house.Recovery.CompareAsync(CancellationToken.None);
            await house.SettleAsync();
        }

        await Books.AssertBalancedAsync(database);
        foreach (var symbol in symbols)
        {
            var held = 0m;
            foreach (var user in users)
            {
                held += await house.HeldAsync(user, symbol);
                Assert.Equal(0, await house.BalanceAsync(user, "cash_reserved"));
            }

            Assert.True(held == venue.PositionOf(symbol), $"Seed {seed}: users hold {held} {symbol}, the venue {venue.PositionOf(symbol)}.");
        }

        await house.DisposeAsync();
    }

    // A fill or an end, told at once, twice, late or never.
    private static void Happen(PaperVenue venue, Random random, List<AlpacaTradeUpdate> late)
    {
        AlpacaOrder[] open = [.. venue.Orders.Where(order => !order.IsOver)];
        if (open.Length == 0)
        {
            return;
        }

        var order = open[random.Next(open.Length)];
        var remaining = (int)(order.Qty!.Value - order.FilledQty);
        var update = random.Next(6) == 0
            ? venue.End(order, random.Next(2) == 0 ? AlpacaOrderStatus.Canceled : AlpacaOrderStatus.Expired, tell: false)
            : venue.Fill(order, random.Next(2) == 0 ? remaining : random.Next(1, remaining + 1), 95 + (random.Next(1000) / 100m), tell: false);
        switch (random.Next(5))
        {
            case < 2:
                venue.OnUpdate!(update);
                break;
            case 2:
                venue.OnUpdate!(update);
                venue.OnUpdate!(update);
                break;
            case 3:
                late.Add(update);
                break;
            default:
                break;
        }
    }

    private async Task<OrderHouse> OpenAsync(PaperVenue venue, string[] symbols)
    {
        var house = await OrderHouse.OpenAsync(database, redis, venue);
        foreach (var symbol in symbols)
        {
            house.Price(symbol, 100);
        }

        await house.Recovery.CompareAsync(CancellationToken.None);
        return house;
    }

    private Task<long> OpenOrdersAsync(List<Guid> users) => database.ValueAsync<long>(
        "select count(*) from orders where user_id = any ($1) and status in ('accepted', 'new', 'partially_filled')", users.ToArray());

    private static char Letter(int seed) => (char)('A' + seed);
}
