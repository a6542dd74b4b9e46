using StratForge.Testing;

namespace StratForge.LocalHosting.Tests.Fixtures;

public sealed class ManualClockTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task A_delay_ends_when_the_clock_is_moved_past_it_and_not_before()
    {
        var delay = Task.Delay(TimeSpan.FromMinutes(5), _clock);

        _clock.Advance(TimeSpan.FromMinutes(4));
        Assert.False(delay.IsCompleted);

        _clock.Advance(TimeSpan.FromMinutes(1));
        await delay.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Timers_fire_in_the_order_they_are_due_and_see_their_own_time()
    {
        var began = _clock.GetUtcNow();
        var fired = new List<(string, TimeSpan)>();
        using var late = _clock.CreateTimer(_ => fired.Add(("late", _clock.GetUtcNow() - began)), null, TimeSpan.FromSeconds(9), Timeout.InfiniteTimeSpan);
        using var every4 = _clock.CreateTimer(_ => fired.Add(("every4", _clock.GetUtcNow() - began)), null, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(4));

        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal([("every4", TimeSpan.FromSeconds(4)), ("every4", TimeSpan.FromSeconds(8)), ("late", TimeSpan.FromSeconds(9))], fired);
        Assert.Equal(began + TimeSpan.FromSeconds(10), _clock.GetUtcNow());
    }

    [Fact]
    public void A_disposed_timer_stays_silent()
    {
        var fired = 0;
        _clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)).Dispose();

        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(0, fired);
    }

    [Fact]
    public void Time_does_not_go_backwards() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.Advance(TimeSpan.FromTicks(-1)));
}
