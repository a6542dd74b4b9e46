using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Gateway.Bookkeeping;
using StratForge.Testing;
using StratForge.Trading.Brokerage;
using StratForge.Trading.Orders;

namespace StratForge.Gateway.Tests.Orders;

/// <summary>Orders that rest move on by prices alone: nobody sweeps here.</summary>
public sealed class PriceMoveTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>, IAsyncLifetime
{
    private OrderHouse _house = null!;

    public async Task InitializeAsync() => _house = await OrderHouse.OpenAsync(database, redis);

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task An_order_goes_out_when_its_price_comes()
    {
        var user = await _house.AUserAsync();
        _house.Quote("PMA", 95, 95.02m);
        await RestAsync(user, "PMA", Side.Buy, 90);
        await RestAsync(user, "PMA", Side.Buy, 85);

        _house.Quote("PMA", 89.98m, 90);
        Assert.Equal(90, (await _house.Venue.NextAsync()).LimitPrice);
    }

    [Fact]
    public async Task A_price_of_one_symbol_moves_no_other()
    {
        var user = await _house.AUserAsync();
        _house.Quote("PMB", 95, 95.02m);
        _house.Quote("PMC", 95, 95.02m);
        await RestAsync(user, "PMB", Side.Buy, 90);
        await RestAsync(user, "PMC", Side.Buy, 91);

        _house.Quote("PMC", 90.98m, 91);
        Assert.Equal("PMC", (await _house.Venue.NextAsync()).Symbol);
        _house.Quote("PMB", 89.98m, 90);
        Assert.Equal("PMB", (await _house.Venue.NextAsync()).Symbol);
    }

    [Fact]
    public async Task A_price_that_comes_while_its_order_is_written_is_not_lost()
    {
        var user = await _house.AUserAsync();
        _house.Quote("PMD", 95, 95.02m);
        Task<IntakeAnswer> placing;
        await using (var connection = await database.DataSource.OpenConnectionAsync())
        {
            await using var blocking = await connection.BeginTransactionAsync();
            await using var hold = connection.CreateCommand();
            hold.CommandText = "lock table orders in exclusive mode";
            await hold.ExecuteNonQueryAsync();

            placing = _house.PlaceAsync(user, "PMD", Side.Buy, 1, limit: 90);
            await Eventually.BecomesAsync(
                () => database.ValueAsync<bool>("select exists (select from pg_locks where relation = 'orders'::regclass and not granted)"), static waits => waits);
            _house.Quote("PMD", 89.98m, 90);
        }

        Assert.Equal(ExecuteOutcome.Accepted, (await placing).Status);
        Assert.Equal("PMD", (await _house.Venue.NextAsync()).Symbol);
    }

    [Fact]
    public async Task Prices_go_on_moving_orders_after_the_books_were_in_other_hands()
    {
        var user = await _house.AUserAsync();
        _house.Quote("PME", 95, 95.02m);
        await RestAsync(user, "PME", Side.Buy, 90);

        _house.Books.StepDown();
        _house.Quote("PME", 89.98m, 90);
        await Assert.ThrowsAsync<NotLeadingException>(_house.SettleAsync);
        await _house.LeadOnAsync();
        _house.Quote("PME", 89.98m, 90);
        Assert.Equal("PME", (await _house.Venue.NextAsync()).Symbol);
    }

    private async Task RestAsync(Guid user, string symbol, Side side, decimal limit)
    {
        var answer = await _house.PlaceAsync(user, new OrderTerms(symbol, side, 1, OrderType.Limit, "day", limit));
        Assert.Equal(ExecuteOutcome.Accepted, answer.Status);
        Assert.True(_house.Books.OpenSymbols.Contains(symbol));
    }
}
