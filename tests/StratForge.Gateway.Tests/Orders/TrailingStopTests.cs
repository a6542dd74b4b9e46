using StratForge.Contracts.Orders;
using StratForge.Gateway.Orders;
using StratForge.Testing;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Tests.Orders;

/// <summary>Trailing stops as they are stored: what all have seen is one row, whoever keeps the books.</summary>
public sealed class TrailingStopTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>, IAsyncLifetime
{
    private OrderHouse _house = null!;

    public async Task InitializeAsync() => _house = await OrderHouse.OpenAsync(database, redis);

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task A_new_best_price_writes_no_order()
    {
        var user = await _house.AUserAsync();
        await QuoteAsync("TSA", 100);
        var orders = await TrailAsync(user, "TSA", 1, 2, 3, 4, 5);
        var before = await database.ValueAsync<string>("select string_agg(xmin::text, ',' order by id) from orders where symbol = 'TSA'");

        await QuoteAsync("TSA", 90);
        await QuoteAsync("TSA", 90.50m);
        Assert.Equal(before, await database.ValueAsync<string>("select string_agg(xmin::text, ',' order by id) from orders where symbol = 'TSA'"));
        Assert.Equal("buy 90.0", await LinesAsync("TSA"));
        Assert.All(await ListAsync(user, orders), order => Assert.Equal((90m, 90 + order.TrailPrice), (order.Hwm, order.StopPrice)));
    }

    [Fact]
    public async Task Whoever_keeps_the_books_next_goes_on_from_the_best_prices_that_were_seen()
    {
        var user = await _house.AUserAsync();
        await QuoteAsync("TSB", 100);
        var early = await TrailAsync(user, "TSB", 30);
        await QuoteAsync("TSB", 104);
        var late = await TrailAsync(user, "TSB", 3);
        await QuoteAsync("TSB", 103);
        Assert.Equal("buy 100.0, buy 103.0", await LinesAsync("TSB"));

        await _house.DisposeAsync();
        _house = await OrderHouse.OpenAsync(database, redis, _house.Venue);
        await QuoteAsync("TSB", 105.98m);
        Assert.Equal([100m, 103m], (await ListAsync(user, [.. early, .. late])).Select(order => order.Hwm));

        await QuoteAsync("TSB", 106);
        Assert.Equal(late[0], (await _house.Venue.NextAsync()).ClientOrderId);
        Assert.Equal("buy 100.0", await LinesAsync("TSB"));
        Assert.Equal([100m, 103m], (await ListAsync(user, [.. early, .. late])).Select(order => order.Hwm));
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task The_last_order_that_ends_leaves_no_line()
    {
        var user = await _house.AUserAsync();
        await QuoteAsync("TSC", 100);
        var orders = await TrailAsync(user, "TSC", 5);
        await QuoteAsync("TSC", 95);
        await _house.Cancels.CancelAsync(user, Guid.Parse(orders[0]), CancellationToken.None);

        Assert.Null(await LinesAsync("TSC"));
        Assert.Equal(95m, Assert.Single(await ListAsync(user, orders)).Hwm);
    }

    private async Task<string[]> TrailAsync(Guid user, string symbol, params decimal[] distances)
    {
        var ids = new List<string>();
        foreach (var distance in distances)
        {
            var answer = await _house.PlaceAsync(
                user, new OrderTerms(symbol, Side.Buy, 1, OrderType.TrailingStop, "gtc", TrailPrice: distance));
            ids.Add(answer.OrderId!.Value.ToString());
        }

        return [.. ids];
    }

    private async Task QuoteAsync(string symbol, decimal price)
    {
        _house.Quote(symbol, price, price);
        await _house.SettleAsync();
    }

    private Task<string?> LinesAsync(string symbol) =>
        database.ValueAsync<string>("select string_agg(side || ' ' || round(price, 1), ', ' order by seq) from waterlines where symbol = $1", symbol);

    private async Task<IReadOnlyList<TradeOrder>> ListAsync(Guid user, string[] ids)
    {
        var found = await _house.Get<OrderStore>().ListAsync(user, new OrderFilter("all", 50, null, null, null, null, true, false), CancellationToken.None);
        return [.. ids.Select(id => found.Single(order => order.Id == Guid.Parse(id)))];
    }
}
