using StratForge.Worker.Hosts;

namespace StratForge.Worker.Sessions;

// Ends it when its process uses more than it may.
internal sealed partial class Session
{
    /// <summary>Ends it if its process uses more than it may. Called several times a second.</summary>
    /// <param name="secondly">Whether this is the call of a full second.</param>
    public void Check(bool secondly) => Guarded(() => CheckLimits(secondly));

    private void CheckLimits(bool secondly)
    {
        if (_host is not { HasExited: false } host || _phase == Phase.Ending)
        {
            return;
        }

        var limits = _services.Limits;
        var elapsed = _services.Clock.GetElapsedTime(_eventBegan);
        var cpu = host.CpuTime;

        // Read at the first look at an event, not at its begin: hardly any event lasts until then, and the clock of another process is a
        // tenth of what handing over a bar costs.
        var cpuAtEvent = _cpuAtEvent ??= cpu;
        switch (_phase)
        {
            case Phase.Starting when elapsed > limits.Starvation:
                Fail(new HostFailure(
                    HostFailure.InitTimeout, $"No process was ready for the strategy within {limits.Starvation.TotalSeconds:0.#} s."));
                return;
            case Phase.Loading when IsOver(limits.Start):
                Fail(new HostFailure(HostFailure.InitTimeout, $"The strategy was not ready within {limits.Start.TotalSeconds:0.#} s."));
                return;
            case Phase.AtWork or Phase.Telling or Phase.Warming when IsOver(limits.EventTime):
                Fail(new HostFailure(
                    HostFailure.EventTimeout, $"The strategy took more than {limits.EventTime.TotalSeconds:0.#} s for one event ({What()})."));
                return;
            case Phase.Loading when cpu - cpuAtEvent > limits.Start.TotalNanoseconds:
                Fail(new HostFailure(
                    HostFailure.InitTimeout, $"The strategy used more than {limits.Start.TotalSeconds:0.#} s of CPU time to be ready."));
                return;
            case Phase.AtWork or Phase.Telling or Phase.Warming when cpu - cpuAtEvent > limits.EventCpu.TotalNanoseconds:
                Fail(new HostFailure(
                    HostFailure.EventTimeout,
                    $"The strategy used more than {limits.EventCpu.TotalSeconds:0.#} s of CPU time for one event ({What()})."));
                return;
            case Phase.Stopping when elapsed > limits.Stop:
                EndWith(new SessionEnd.Stopped());
                return;
        }

        // A host that did not run since the last look can't have grown either.
        if (cpu != _lastCpu)
        {
            _lastCpu = cpu;
            if (HostFailure.OfUsage(host.Usage(), limits) is { } tooMuch)
            {
                Fail(tooMuch);
                return;
            }
        }

        if (secondly)
        {
            CheckCpuShare(cpu);
        }
    }

    // On a machine that is too busy a strategy may stand in line for longer than it may take: that is not its fault. One that sleeps,
    // or waits for something, does not stand in line. Nor is it late when its answer lies in the pipe: then it is this thread that is.
    private bool IsOver(TimeSpan limit)
    {
        var elapsed = _services.Clock.GetElapsedTime(_eventBegan);
        return elapsed > limit && (elapsed > _services.Limits.Starvation || !(_host!.HasSpoken() || _host.WantsCpu()));
    }

    private void CheckCpuShare(long cpu)
    {
        // Catching up is the platform's doing and costs what it costs. Falling behind later is the strategy's own: to spare it then would
        // leave a processor to whoever is always late.
        if (!_live)
        {
            _cpu.Restart();
            return;
        }

        var allowed = TimeSpan.FromMinutes(1) * _services.Limits.CpuShare;
        if (_cpu.Sample(cpu) > allowed.TotalNanoseconds)
        {
            Fail(new HostFailure(
                HostFailure.CpuLimit,
                $"The strategy used more than {allowed.TotalSeconds:0.#} s of CPU time within a minute, also between its events."));
        }
    }

    private string What() => _phase == Phase.Warming ? "warm-up" : _inHand.Of == EventOf.Update ? $"order event {_inHand.First}"
        : _inHand.Of is EventOf.Trade or EventOf.Quote ? $"{NameOf(_inHand.Of)} {_inHand.First}"
        : _inHand.First == _inHand.Last ? $"bar {_inHand.First}" : $"bars {_inHand.First} to {_inHand.Last}";
}
