using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StratForge.Contracts.Internal;
using StratForge.Testing;
using StratForge.Worker.Hosts;
using StratForge.Worker.Signals;

namespace StratForge.Worker.Tests.Signals;

/// <summary>A gateway that answers, but fails at what it is sent.</summary>
public sealed class FailingGatewayTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly ManualClock _clock = new();
    private readonly HeldDoor _door = new();
    private readonly EventLoop _loop;
    private readonly SignalSender _sender;

    public FailingGatewayTests()
    {
        _loop = new EventLoop(_clock, exception => throw exception);
        _sender = new SignalSender(_loop, _door, Options.Create(new WorkerOptions()), _clock, NullLogger<SignalSender>.Instance);
    }

    public void Dispose() => _loop.Dispose();

    [Fact]
    public async Task A_signal_the_gateway_fails_at_is_tried_again_later_and_takes_no_place_meanwhile()
    {
        var (bad, good, next) = (new HeldSource(), new HeldSource(), new HeldSource());
        await SendAsync(bad, good);
        await FailAsync(signals: 2);
        await RetryAsync();
        await FailAsync(signals: 2);
        await RetryAsync();
        await FailAsync(signals: 2);

        // Each alone.
        await FailAsync(signals: 1);
        (await _door.NextAsync()).Answer();
        Assert.Equal(ExecuteOutcome.Accepted, (await good.AnswerAsync()).Status);
        await Platform.EventuallyAsync(
            () => _loop.AskAsync(() => (_sender.InFlight, _sender.Waiting) == (0, 0)), () => Task.FromResult("it holds its place"));
        var draining = _sender.DrainAsync(CancellationToken.None);
        await SendAsync(next);
        (await _door.NextAsync()).Answer();
        Assert.Equal(ExecuteOutcome.Accepted, (await next.AnswerAsync()).Status);
        Assert.False(draining.IsCompleted);

        _clock.Advance(TimeSpan.FromSeconds(5));
        await SendAsync(new HeldSource());
        var (first, second) = (await _door.NextAsync(), await _door.NextAsync());
        first.Answer();
        second.Answer();

        Assert.Single(first.Signals);
        Assert.Single(second.Signals);
        Assert.Equal(ExecuteOutcome.Accepted, (await bad.AnswerAsync()).Status);
        await draining.WaitAsync(Patience);
    }

    private async Task FailAsync(int signals)
    {
        var batch = await _door.NextAsync();
        Assert.Equal(signals, batch.Signals.Count);
        batch.Fail(new GatewayUnavailableException("500") { HasFailed = true });
    }

    private async Task RetryAsync()
    {
        await Platform.EventuallyAsync(() => Task.FromResult(_clock.TimersSet > 0), () => Task.FromResult("it does not wait for the next attempt"));
        _clock.Advance(TimeSpan.FromSeconds(1));
    }

    private Task<bool> SendAsync(params HeldSource[] sources) => _loop.AskAsync(() =>
    {
        foreach (var source in sources)
        {
            _sender.Send(source, [source.Signal], cause: null);
        }

        return true;
    });
}
