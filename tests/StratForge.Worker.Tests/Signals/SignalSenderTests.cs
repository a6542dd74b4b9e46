using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StratForge.Contracts.Internal;
using StratForge.Worker.Hosts;
using StratForge.Worker.Signals;

namespace StratForge.Worker.Tests.Signals;

public sealed class SignalSenderTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly EventLoop _loop = new(TimeProvider.System, exception => throw exception);
    private readonly HeldDoor _door = new();
    private readonly SignalSender _sender;

    public SignalSenderTests() => _sender = new SignalSender(
        _loop, _door, Options.Create(new WorkerOptions()), TimeProvider.System, NullLogger<SignalSender>.Instance);

    public void Dispose() => _loop.Dispose();

    [Fact]
    public async Task Signals_that_are_ready_together_travel_together()
    {
        var sources = Sources(5);
        await SendAsync(sources);

        var batch = await _door.NextAsync();

        Assert.Equal(5, batch.Signals.Count);
        batch.Answer();
        foreach (var source in sources)
        {
            Assert.Equal(ExecuteOutcome.Accepted, (await source.AnswerAsync()).Status);
        }
    }

    [Fact]
    public async Task The_third_batch_gathers_until_the_gateway_has_answered_one()
    {
        await SendAsync(Sources(1));
        var first = await _door.NextAsync();
        await SendAsync(Sources(2));
        var second = await _door.NextAsync();

        await SendAsync(Sources(3));
        await SendAsync(Sources(4));

        Assert.Equal((2, 7), await _loop.AskAsync(() => (_sender.InFlight, _sender.Waiting)));
        first.Answer();
        Assert.Equal(7, (await _door.NextAsync()).Signals.Count);
        Assert.Equal(2, second.Signals.Count);
    }

    [Fact]
    public async Task A_gateway_that_is_away_gets_the_same_signals_again_under_the_same_ids()
    {
        var source = Sources(1);
        await SendAsync(source);
        var first = await _door.NextAsync();
        first.Fail(new GatewayUnavailableException("connection refused"));

        var second = await _door.NextAsync();
        second.Fail(new GatewayUnavailableException("503"));
        var third = await _door.NextAsync();
        third.Answer();

        Assert.Equal(first.Signals, third.Signals);
        Assert.Equal(third.Signals[0].SignalId, (await source[0].AnswerAsync()).SignalId);
    }

    [Fact]
    public async Task One_signal_the_gateway_can_not_read_does_not_hold_up_the_others()
    {
        var sources = Sources(3);
        await SendAsync(sources);
        (await _door.NextAsync()).Fail(new BatchRefusedException("400"));

        (await _door.NextAsync()).Answer();
        (await _door.NextAsync()).Fail(new BatchRefusedException("400: confidence"));
        (await _door.NextAsync()).Answer();

        Assert.Equal(ExecuteOutcome.Accepted, (await sources[0].AnswerAsync()).Status);
        Assert.Equal("REFUSED", (await sources[1].AnswerAsync()).Status);
        Assert.Equal(ExecuteOutcome.Accepted, (await sources[2].AnswerAsync()).Status);
        await _sender.DrainAsync(CancellationToken.None).WaitAsync(Patience);
        Assert.Equal((0, 0), await _loop.AskAsync(() => (_sender.InFlight, _sender.Waiting)));
    }

    [Fact]
    public async Task A_signal_that_can_not_even_be_written_out_is_refused_alone_and_takes_no_place()
    {
        var sources = Sources(2);
        await SendAsync(sources);
        (await _door.NextAsync()).Fail(new ArgumentException("half a pair"));

        (await _door.NextAsync()).Fail(new ArgumentException("half a pair"));
        (await _door.NextAsync()).Answer();

        Assert.Equal("It can't be written out: half a pair", (await sources[0].AnswerAsync()).Detail);
        Assert.Equal(ExecuteOutcome.Accepted, (await sources[1].AnswerAsync()).Status);
        await _sender.DrainAsync(CancellationToken.None).WaitAsync(Patience);
        Assert.Equal((0, 0), await _loop.AskAsync(() => (_sender.InFlight, _sender.Waiting)));
    }

    [Fact]
    public async Task A_signal_waits_a_moment_for_hosts_at_work_on_the_same_bar_but_not_for_ever()
    {
        await _loop.AskAsync(() => { _sender.HostAtWork(); return true; });

        await SendAsync(Sources(1));

        Assert.Single((await _door.NextAsync()).Signals);
    }

    private async Task SendAsync(HeldSource[] sources) => await _loop.AskAsync(() =>
    {
        foreach (var source in sources)
        {
            _sender.Send(source, [source.Signal], cause: null);
        }

        return true;
    });

    private static HeldSource[] Sources(int count) => [.. Enumerable.Range(0, count).Select(_ => new HeldSource())];
}
