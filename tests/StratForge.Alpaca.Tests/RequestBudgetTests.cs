using StratForge.Alpaca.Http;
using StratForge.Testing;

namespace StratForge.Alpaca.Tests;

public sealed class RequestBudgetTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly RequestBudget _budget;

    // Sixty a minute: one a second, and six kept back for cancels.
    public RequestBudgetTests() => _budget = new RequestBudget(60, "trading", _clock);

    public void Dispose() => _budget.Dispose();

    [Fact]
    public void A_minutes_worth_goes_at_once_less_what_is_kept_for_cancels()
    {
        Assert.Equal(54, TakeAtOnce(RequestUrgency.Normal));
        Assert.Equal(6, TakeAtOnce(RequestUrgency.Urgent));
    }

    [Fact]
    public async Task Waiting_requests_go_as_the_bucket_refills_in_the_order_they_asked()
    {
        TakeAtOnce(RequestUrgency.Normal);
        var first = Ask(RequestUrgency.Normal);
        var second = Ask(RequestUrgency.Normal);

        _clock.Advance(TimeSpan.FromSeconds(0.9));
        Assert.False(first.IsCompleted);

        _clock.Advance(TimeSpan.FromSeconds(0.2));
        await first;
        Assert.False(second.IsCompleted);

        _clock.Advance(TimeSpan.FromSeconds(1));
        await second;
    }

    [Fact]
    public async Task A_cancel_overtakes_every_order_that_waits()
    {
        TakeAtOnce(RequestUrgency.Normal);
        TakeAtOnce(RequestUrgency.Urgent);
        var order = Ask(RequestUrgency.Normal);
        var cancel = Ask(RequestUrgency.Urgent);

        _clock.Advance(TimeSpan.FromSeconds(1.1));

        await cancel;
        Assert.False(order.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(7));
        await order;
    }

    [Fact]
    public async Task Who_gives_up_leaves_the_token_to_the_next()
    {
        TakeAtOnce(RequestUrgency.Normal);
        using var givingUp = new CancellationTokenSource();
        var gone = _budget.TakeAsync(RequestUrgency.Normal, givingUp.Token).AsTask();
        var next = Ask(RequestUrgency.Normal);

        await givingUp.CancelAsync();
        _clock.Advance(TimeSpan.FromSeconds(1.1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        await next;
    }

    [Fact]
    public async Task After_a_refusal_of_the_venue_the_bucket_begins_from_nothing()
    {
        _budget.Exhausted();
        var order = Ask(RequestUrgency.Normal);

        _clock.Advance(TimeSpan.FromSeconds(6.5));
        Assert.False(order.IsCompleted);

        _clock.Advance(TimeSpan.FromSeconds(1));
        await order;
    }

    [Fact]
    public async Task The_queue_is_bounded_and_who_finds_it_full_is_told_at_once()
    {
        TakeAtOnce(RequestUrgency.Normal);
        for (var i = 0; i < RequestBudget.LongestQueue; i++)
        {
            Assert.False(Ask(RequestUrgency.Normal).IsCompleted);
        }

        var refused = await Assert.ThrowsAsync<AlpacaException>(async () => await _budget.TakeAsync(RequestUrgency.Normal, CancellationToken.None));

        Assert.True(refused.WasNotSent);
        Assert.False(refused.OutcomeIsUnknown);
        Assert.Equal(RequestBudget.LongestQueue, _budget.Waiting);
    }

    [Fact]
    public void Without_a_limit_nobody_waits()
    {
        using var free = new RequestBudget(0, "trading", _clock);

        for (var i = 0; i < 10_000; i++)
        {
            Assert.True(free.TakeAsync(RequestUrgency.Normal, CancellationToken.None).AsTask().IsCompletedSuccessfully);
        }
    }

    private Task Ask(RequestUrgency urgency) => _budget.TakeAsync(urgency, CancellationToken.None).AsTask();

    private int TakeAtOnce(RequestUrgency urgency)
    {
        using var notWaiting = new CancellationTokenSource();
        var taken = 0;
        while (_budget.TakeAsync(urgency, notWaiting.Token).AsTask().IsCompleted)
        {
            taken++;
        }

        notWaiting.Cancel();
        return taken;
    }
}
