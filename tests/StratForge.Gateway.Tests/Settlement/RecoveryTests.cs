using StratForge.Contracts.Orders;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Tests.Orders;
using StratForge.Testing;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Tests.Settlement;

/// <summary>A gateway is killed between two steps; the next one on the same database ends in the same books.</summary>
public sealed class RecoveryTests(FreshDatabase database, FreshRedis redis) : IClassFixture<FreshDatabase>, IClassFixture<FreshRedis>
{
    private readonly PaperVenue _venue = new(TimeProvider.System);
    private Guid _user;

    [Fact]
    public async Task Killed_after_the_commit_and_before_the_broker_heard_of_it()
    {
        _venue.IsAway = true;
        var (user, order) = await PlaceAndDieAsync("CAA");

        _venue.IsAway = false;
        _venue.FillsAt = 10;
        await RecoverAsync(user, order, "CAA");
    }

    [Fact]
    public async Task Killed_after_the_broker_took_it_and_before_its_answer()
    {
        _venue.LosesAnswers = true;
        var (user, order) = await PlaceAndDieAsync("CAB");

        _venue.LosesAnswers = false;
        _venue.Fill(Assert.Single(_venue.Orders), 5, 10);
        await RecoverAsync(user, order, "CAB");
    }

    [Fact]
    public async Task Killed_with_one_fill_booked_and_the_rest_told_to_nobody()
    {
        var (user, order) = await PlaceAndDieAsync("CAC", async house =>
        {
            var sent = await _venue.NextAsync();
            _venue.Fill(sent, 2, 10);
            await house.SettleUntilAsync(async () => await house.HeldAsync(_user, "CAC") == 2);
        });

        _venue.Fill(Assert.Single(_venue.Orders), 3, 10);
        await RecoverAsync(user, order, "CAC");
    }

    [Fact]
    public async Task Killed_with_the_end_of_an_order_told_to_nobody()
    {
        var (user, order) = await PlaceAndDieAsync("CAD", async _ => await _venue.NextAsync());
        _venue.Fill(Assert.Single(_venue.Orders), 2, 10);
        _venue.End(_venue.Orders[0]);

        await using var next = await OrderHouse.OpenAsync(database, redis, _venue);
        await next.Recovery.CompareAsync(CancellationToken.None);
        await next.SettleUntilAsync(order, "canceled");

        Assert.Equal(2, await next.HeldAsync(user, "CAD"));
        Assert.Equal(100_000 - 20, await next.BalanceAsync(user, "cash"));
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task An_order_that_the_venue_lost_is_sent_again()
    {
        var (user, order) = await PlaceAndDieAsync("CAF", async house =>
        {
            await _venue.NextAsync();
            await house.SettleUntilAsync(() => database.ValueAsync<bool>("select submitted_at is not null from broker_orders where symbol = 'CAF'"));
        });

        _venue.Forget();
        _venue.FillsAt = 10;
        await RecoverAsync(user, order, "CAF");
    }

    [Fact]
    public async Task The_rest_of_an_order_that_the_venue_lost_after_a_part_is_over()
    {
        var (user, order) = await PlaceAndDieAsync("CAG", async house =>
        {
            _venue.Fill(await _venue.NextAsync(), 2, 10);
            await house.SettleUntilAsync(async () => await house.HeldAsync(_user, "CAG") == 2);
        });

        _venue.Forget();
        await using var next = await OrderHouse.OpenAsync(database, redis, _venue);
        await next.Recovery.CompareAsync(CancellationToken.None);
        await next.SettleUntilAsync(order, "canceled");

        Assert.Equal(100_000 - 20, await next.BalanceAsync(user, "cash"));
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task An_order_that_the_books_gave_up_is_called_back_at_the_venue()
    {
        await using var house = await OrderHouse.OpenAsync(database, redis, _venue);
        var user = await house.AUserAsync();
        _venue.IsAway = true;
        var answer = await house.PlaceAsync(user, "CAH", Side.Buy, 5, limit: 10);
        var sent = await _venue.TriedAsync();
        await house.Books.ReportAsync(new VenueReport.Refused(sent.Id, "BROKER_REJECTED", "no"), CancellationToken.None);
        await house.SettleUntilAsync(answer.OrderId!.Value, "rejected");
        await using var next = await OrderHouse.OpenAsync(database, redis, _venue);
        _venue.IsAway = false;
        await _venue.SubmitAsync(sent, CancellationToken.None);

        await next.Recovery.CompareAsync(CancellationToken.None);

        Assert.Equal("canceled", Assert.Single(_venue.Orders).Status);
    }

    [Fact]
    public async Task An_order_that_was_taken_back_while_the_broker_was_away_is_not_sent_when_it_comes_back()
    {
        await using var house = await OrderHouse.OpenAsync(database, redis, _venue);
        var user = await house.AUserAsync();
        _venue.IsAway = true;
        var answer = await house.PlaceAsync(user, "CAK", Side.Buy, 5, limit: 10);
        await _venue.TriedAsync();
        await house.Cancels.CancelAsync(user, answer.OrderId!.Value, CancellationToken.None);
        _venue.FillsAt = 10;
        _venue.IsAway = false;
        await house.SettleUntilAsync(answer.OrderId!.Value, "canceled");

        Assert.Empty(_venue.Orders);
        await Books.AssertBalancedAsync(database);
    }

    [Fact]
    public async Task Nor_does_the_next_gateway_send_it()
    {
        _venue.IsAway = true;
        var (user, order) = await PlaceAndDieAsync("CAL", async house => await house.Cancels.CancelAsync(
            _user, await database.ValueAsync<Guid>("select id from orders where symbol = 'CAL'"), CancellationToken.None));
        _venue.FillsAt = 10;
        _venue.IsAway = false;

        await using var next = await OrderHouse.OpenAsync(database, redis, _venue);
        await next.Recovery.CompareAsync(CancellationToken.None);
        await next.SettleUntilAsync(order, "canceled");

        Assert.Empty(_venue.Orders);
        Assert.Equal(100_000, await next.BalanceAsync(user, "cash"));
    }

    [Fact]
    public async Task A_superseded_gateway_does_not_send_what_had_to_wait()
    {
        var time = new ManualClock();
        var venue = new PaperVenue(time) { IsAway = true };
        await using var former = await OrderHouse.OpenAsync(database, redis, venue, time, venue, venue, database.ConnectionString, new Faults());
        var user = await former.AUserAsync();
        await former.PlaceAsync(user, "CAI", Side.Buy, 5, limit: 10);
        await venue.TriedAsync();
        await Eventually.BecomesAsync(() => Task.FromResult(time.TimersSet), static set => set == 1);

        await using var next = await OrderHouse.OpenAsync(database, redis, venue, time, venue, venue, database.ConnectionString, new Faults());
        venue.IsAway = false;
        time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.BecomesAsync(() => Task.FromResult(former.Get<Submissions>().SymbolsInFlight.Count), static busy => busy == 0);

        Assert.Empty(venue.Orders);
    }

    [Fact]
    public async Task A_submission_that_fails_as_nobody_foresaw_does_not_hold_up_its_symbol()
    {
        await using var house = await OrderHouse.OpenAsync(database, redis, _venue);
        var user = await house.AUserAsync();
        _venue.Trouble = new InvalidOperationException("nobody foresaw this");
        var first = await house.PlaceAsync(user, "CAJ", Side.Buy, 5, limit: 10);
        await _venue.TriedAsync();
        _venue.FillsAt = 10;
        var second = await house.PlaceAsync(user, "CAJ", Side.Buy, 3, limit: 10);
        await house.SettleUntilAsync(second.OrderId!.Value, "filled");
        await house.Recovery.CompareAsync(CancellationToken.None);
        await house.SettleUntilAsync(first.OrderId!.Value, "filled");

        Assert.Equal(8, await house.HeldAsync(user, "CAJ"));
    }

    [Fact]
    public async Task A_whole_gateway_catches_up_by_itself_and_goes_on()
    {
        _venue.IsAway = true;
        var (user, order) = await PlaceAndDieAsync("CAE");
        await database.ExecuteAsync("update broker_orders set created_at = created_at - interval '1 minute' where id = $1", order);
        _venue.IsAway = false;

        await using var whole = await OrderHouse.OpenWholeAsync(database, redis, _venue);
        var filled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var listener = await redis.ConnectAsync();
        await listener.GetSubscriber().SubscribeAsync(Contracts.Topics.UserEvents(user), (_, message) =>
        {
            if (((string)message!).Contains("\"status\":\"filled\"", StringComparison.Ordinal))
            {
                filled.TrySetResult();
            }
        });
        _venue.Fill(await _venue.NextAsync(), 5, 10);
        await filled.Task.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal("filled", await whole.StatusAsync(order));
        await Books.AssertBalancedAsync(database);
        await listener.CloseAsync();
    }

    private async Task<(Guid User, Guid Order)> PlaceAndDieAsync(string symbol, Func<OrderHouse, Task>? before = null)
    {
        await using var house = await OrderHouse.OpenAsync(database, redis, _venue);
        _user = await house.AUserAsync();
        var answer = await house.PlaceAsync(_user, symbol, Side.Buy, 5, limit: 10);
        Assert.NotNull(answer.OrderId);
        if (_venue.LosesAnswers)
        {
            await _venue.NextAsync();
        }

        if (before is not null)
        {
            await before(house);
        }

        return (_user, answer.OrderId.Value);
    }

    private async Task RecoverAsync(Guid user, Guid order, string symbol)
    {
        await using var next = await OrderHouse.OpenAsync(database, redis, _venue);
        await next.Recovery.CompareAsync(CancellationToken.None);
        await next.SettleUntilAsync(order, "filled");
        await next.Recovery.CompareAsync(CancellationToken.None);
        await next.SettleAsync();

        Assert.Single(_venue.Orders);
        Assert.Equal(5, await next.HeldAsync(user, symbol));
        Assert.Equal(100_000 - 50, await next.BalanceAsync(user, "cash"));
        await Books.AssertBalancedAsync(database);
    }
}
