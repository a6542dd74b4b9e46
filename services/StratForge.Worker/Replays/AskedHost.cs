using StratForge.Contracts.Hosting;
using StratForge.Worker.Hosts;
using StratForge.Worker.Sessions;

namespace StratForge.Worker.Replays;

/// <summary>A caged host that is asked one thing after the other, outside of any session, and bound by the same limits; and by one for all of it, since it
/// shares its processor with sessions for as long as it takes.</summary>
internal sealed class AskedHost : IHostOwner, IAsyncDisposable
{
    private const int LastWordsKept = 1_500;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    private readonly SessionServices _services;
    private readonly HostKind _kind;
    private readonly LogBudget _log;
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<object> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<object> _answer;
    private HostProcess? _host;
    private string _lastWords = "";
    private HostFailure? _failure;

    private AskedHost(SessionServices services, HostKind kind)
    {
        _services = services;
        _kind = kind;
        _log = new LogBudget(services.Limits, services.Clock);
        _answer = _ready;
    }

    /// <summary>Starts a host and hands it the code.</summary>
    /// <param name="services">The loop, the cage and the limits.</param>
    /// <param name="spawner">Starts it.</param>
    /// <param name="command">What to start.</param>
    /// <param name="kind">What that is.</param>
    /// <param name="load">What to run.</param>
    /// <param name="code">The code of it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="HostFailedException">It is not going to run; says why.</exception>
    public static async Task<(AskedHost Host, LoadedFrame Loaded)> StartAsync(
        SessionServices services,
        HostSpawner spawner,
        HostCommand command,
        HostKind kind,
        LoadFrame load,
        ReadOnlyMemory<byte> code,
        CancellationToken cancellationToken)
    {
        var host = new AskedHost(services, kind);
        try
        {
            var process = await spawner.SpawnAsync(command);
            await services.Loop.AskAsync(() => host._host = new HostProcess(
                services.Loop, process, host, HostProtocol.MaxFrameFromHost, HostProtocol.MaxCode + (4 * HostProtocol.MaxFrameToHost)));
            if (await host.AwaitAsync(host._ready, services.Limits.Starvation, services.Limits.Starvation, cancellationToken) is not ReadyFrame ready)
            {
                throw host.Breach("it did not begin with ready");
            }

            if (services.Cage.FindFault(host._host!.ProcessId, ready) is { } fault)
            {
                services.Cage.Failed(kind, fault);
                throw new HostFailedException(new HostFailure(HostFailure.SandboxUnavailable, $"Strategies can't run here: {fault}."));
            }

            services.Cage.Verified(kind, ready);
            var answer = await host.AskAsync(
                process => process.Send(HostFrame.Load(load)) && process.SendRaw(code), services.Limits.Start, services.Limits.Start, cancellationToken);
            return answer is LoadedFrame loaded ? (host, loaded) : throw host.Breach($"{answer.GetType().Name} instead of loaded");
        }
        catch (InvalidOperationException refused)
        {
            await host.DisposeAsync();
            throw new HostFailedException(new HostFailure(HostFailure.RuntimeUnavailable, refused.Message));
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Hands over an event.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="of">What it is.</param>
    /// <param name="cancellationToken">Gives it up; the host is then of no more use.</param>
    /// <exception cref="HostFailedException">The strategy failed; says why.</exception>
    public async Task<DoneFrame> HandAsync(byte[] frame, string of, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(process => process.Send(frame), _services.Limits.EventTime, _services.Limits.EventCpu, cancellationToken);
        return answer is DoneFrame done && done.Of == of ? done : throw Breach($"{answer.GetType().Name} instead of the answer to {of}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is null)
        {
            return;
        }

        await _services.Loop.AskAsync(() =>
        {
            _host.Kill();
            return true;
        });
        await _gone.Task;
    }

    void IHostOwner.OnFrame(ReadOnlySpan<byte> frame)
    {
        var message = HostMessage.Parse(frame);
        if (message is ErrorFrame error)
        {
            var code = error.Code == HostFailure.SandboxUnavailable ? HostFailure.SandboxUnavailable
                : error.Message is { } text && HostFailure.IsOutOfMemory(text) ? HostFailure.MemoryLimit
                : HostFailure.StrategyError;
            _answer.TrySetException(new HostFailedException(new HostFailure(code, error.Message ?? "")));
        }
        else if (!_answer.TrySetResult(message))
        {
            _host!.Kill();
        }
    }

    void IHostOwner.OnLog(ReadOnlySpan<byte> text)
    {
        if (_log.Floods(text.Length))
        {
            End(HostFailure.OfFlood(_services.Limits));
            return;
        }

        var words = _lastWords + System.Text.Encoding.UTF8.GetString(text);
        _lastWords = words.Length > LastWordsKept ? words[^LastWordsKept..] : words;
    }

    void IHostOwner.OnBreach(string what) => _answer.TrySetException(Breach(what));

    void IHostOwner.OnExit(HostExit exit)
    {
        _answer.TrySetException(new HostFailedException(HostFailure.OfExit(exit, _lastWords.Trim())));
        _gone.TrySetResult();
    }

    // Whatever it answers after that comes too late.
    private void End(HostFailure failure)
    {
        _failure ??= failure;
        _answer.TrySetException(new HostFailedException(_failure));
        _host!.Kill();
    }

    private async Task<object> AskAsync(Func<HostProcess, bool> send, TimeSpan limit, TimeSpan cpuLimit, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        _services.Loop.Post(() =>
        {
            if (_failure is not null || _host!.HasExited)
            {
                answer.TrySetException(new HostFailedException(
                    _failure ?? new HostFailure(HostFailure.Exited, "The strategy's process ended by itself.")));
                return;
            }

            _answer = answer;
            if (_host.CpuTime > _services.Limits.JobCpu.TotalNanoseconds)
            {
                End(new HostFailure(
                    HostFailure.CpuLimit, $"The strategy used more than {_services.Limits.JobCpu.TotalSeconds:0.#} s of CPU time in all."));
                return;
            }

            if (!send(_host))
            {
                answer.TrySetException(Breach("it does not read"));
            }
        });
        return await AwaitAsync(answer, limit, cpuLimit, cancellationToken);
    }

    // Looked at only when it takes long: hardly any answer does.
    private async Task<object> AwaitAsync(
        TaskCompletionSource<object> answer, TimeSpan limit, TimeSpan cpuLimit, CancellationToken cancellationToken)
    {
        var began = _services.Clock.GetTimestamp();
        long? cpuAtFirstLook = null;
        while (true)
        {
            try
            {
                return await answer.Task.WaitAsync(LookEvery, _services.Clock, cancellationToken);
            }
            catch (TimeoutException)
            {
                var elapsed = _services.Clock.GetElapsedTime(began);
                cpuAtFirstLook = await _services.Loop.AskAsync(() => Look(elapsed, limit, cpuLimit, cpuAtFirstLook));
            }
        }
    }

    private long Look(TimeSpan elapsed, TimeSpan limit, TimeSpan cpuLimit, long? cpuAtFirstLook)
    {
        var limits = _services.Limits;
        var cpu = _host!.CpuTime;
        var used = TimeSpan.FromMicroseconds((cpu - (cpuAtFirstLook ?? cpu)) / 1_000);
        if (elapsed > limits.Starvation || (elapsed > limit && !_host.WantsCpu()))
        {
            End(new HostFailure(HostFailure.EventTimeout, $"The strategy took more than {limit.TotalSeconds:0.#} s for one answer."));
        }
        else if (used > cpuLimit)
        {
            End(new HostFailure(HostFailure.EventTimeout, $"The strategy used more than {cpuLimit.TotalSeconds:0.#} s of CPU time for one answer."));
        }
        else if (HostFailure.OfUsage(_host.Usage(), limits) is { } tooMuch)
        {
            End(tooMuch);
        }

        return cpuAtFirstLook ?? cpu;
    }

    private HostFailedException Breach(string what) => new(new HostFailure(
        HostFailure.ProtocolError, $"The strategy's process ({_kind}) broke the protocol: {what}."));
}

/// <summary>A host does not give the answer that was asked for, and never will.</summary>
internal sealed class HostFailedException(HostFailure failure) : Exception(failure.Detail)
{
    /// <summary>Why.</summary>
    public HostFailure Failure { get; } = failure;
}
