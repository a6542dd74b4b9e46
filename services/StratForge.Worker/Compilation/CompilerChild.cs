using System.Text;
using StratForge.Contracts.Hosting;
using StratForge.Worker.Hosts;

namespace StratForge.Worker.Compilation;

/// <summary>One caged compiler process. Compiles one source at a time; lives on the loop's thread.</summary>
internal sealed class CompilerChild(CageState cage, HostLimits limits, EventLoop loop) : IHostOwner
{
    private const int LastWordsKept = 1_500;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);
    private readonly long _timeout = (long)limits.Compile.TotalNanoseconds;
    private readonly StringBuilder _lastWords = new();
    private HostProcess? _host;
    private Action<CompileResult>? _answer;
    private byte[]? _source;
    private bool _ready;
    private bool _assemblyFollows;
    private int _request;
    private long _cpuBefore;
    private TimeSpan _elapsed;
    private HostFailure? _failure;

    /// <summary>Sources compiled so far.</summary>
    public int Compiled { get; private set; }

    /// <summary>Whether it may be given another source.</summary>
    public bool IsUsable => _failure is null && _host is { HasExited: false };

    /// <summary>Whether so much is left in it of what it compiled that the next source might not have enough.</summary>
    public bool IsFull => _host!.Usage().ResidentMemory > limits.CompileMemory / 2;

    public void Attach(SpawnedProcess process) =>
        _host = new HostProcess(loop, process, this, HostProtocol.MaxCode, HostProtocol.MaxCode);

    /// <summary>Compiles; <paramref name="answer"/> is called once, on the loop; at once where the process is gone, which is not the source's fault.</summary>
    public void Compile(byte[] source, Action<CompileResult> answer)
    {
        if (!IsUsable)
        {
            answer(new CompileResult(null, _failure ?? new HostFailure(HostFailure.CompileError, "The compiler's process is gone.")));
            return;
        }

        _answer = answer;
        _source = source;
        Compiled++;
        _cpuBefore = _host!.CpuTime;
        _elapsed = TimeSpan.Zero;
        Watch(++_request);
        SendSource();
    }

    private void Watch(int request) => loop.After(LookEvery, () =>
    {
        if (_request != request || _answer is null || _host is not { HasExited: false } host)
        {
            return;
        }

        _elapsed += LookEvery;
        if (host.Usage().ResidentMemory > limits.CompileMemory)
        {
            Fail(new HostFailure(
                HostFailure.CompileError, $"The strategy needs more than {limits.CompileMemory >> 20} MiB of memory to compile."));
        }
        else if (IsOver(host))
        {
            Fail(new HostFailure(HostFailure.CompileTimeout, $"The strategy did not compile within {limits.Compile.TotalSeconds:0.#} s."));
        }
        else
        {
            Watch(request);
        }
    });

    // A machine that does not let it run gets patience, a few times over; a compiler that spins or waits does not.
    private bool IsOver(HostProcess host) =>
        host.CpuTime - _cpuBefore > _timeout ||
        (_elapsed > limits.Compile && (!host.WantsCpu() || _elapsed > limits.Compile * 6));

    /// <summary>Ends the process.</summary>
    public void End() => _host?.Kill();

    public void OnFrame(ReadOnlySpan<byte> frame)
    {
        if (_assemblyFollows)
        {
            _assemblyFollows = false;
            Answer(new CompileResult(frame.ToArray(), null));
            return;
        }

        switch (HostMessage.Parse(frame))
        {
            case ReadyFrame ready when !_ready:
                OnReady(ready);
                break;
            case CompiledFrame when _answer is not null:
                _assemblyFollows = true;
                break;
            case ErrorFrame { Code: HostFailure.CompileError } error when _answer is not null:
                Answer(new CompileResult(
                    null, new HostFailure(HostFailure.CompileError, error.Message ?? ""), error.Errors, IsOfSource: true));
                break;
            case ErrorFrame error:
                if (error.Code == HostFailure.SandboxUnavailable)
                {
                    cage.Failed(HostKind.Compile, HostFailure.Readable(error.Message ?? "", 200));
                }

                Fail(new HostFailure(
                    error.Code == HostFailure.SandboxUnavailable ? HostFailure.SandboxUnavailable : HostFailure.CompileError,
                    error.Message ?? ""));
                break;
            default:
                Fail(new HostFailure(HostFailure.CompileError, "The compiler broke the protocol."));
                break;
        }
    }

    public void OnBreach(string what) => Fail(new HostFailure(HostFailure.CompileError, $"The compiler broke the protocol: {what}."));

    public void OnLog(ReadOnlySpan<byte> text)
    {
        if (_lastWords.Length < LastWordsKept)
        {
            _lastWords.Append(Encoding.UTF8.GetString(text));
        }
    }

    public void OnExit(HostExit exit)
    {
        var failure = _failure ?? (HostFailure.OfExit(exit, _lastWords.ToString().Trim()) with { Code = HostFailure.CompileError });
        _failure = failure;
        Answer(new CompileResult(null, failure));
    }

    private void OnReady(ReadyFrame ready)
    {
        if (cage.FindFault(_host!.ProcessId, ready) is { } fault)
        {
            cage.Failed(HostKind.Compile, fault);
            Fail(new HostFailure(HostFailure.SandboxUnavailable, $"Strategies can't be compiled here: {fault}."));
            return;
        }

        cage.Verified(HostKind.Compile, ready);
        _ready = true;
        SendSource();
    }

    private void SendSource()
    {
        if (_ready && _source is { } source)
        {
            _source = null;
            _host!.SendRaw(source);
        }
    }

    private void Fail(HostFailure failure)
    {
        _failure ??= failure;
        _host?.Kill();
        Answer(new CompileResult(null, _failure));
    }

    private void Answer(CompileResult result)
    {
        var answer = _answer;
        _answer = null;
        answer?.Invoke(result);
    }
}

/// <summary>What became of a source: an assembly, or why there is none.</summary>
/// <param name="Assembly">Its bytes.</param>
/// <param name="Failure">For the strategy's author.</param>
/// <param name="Errors">Every error at its place, where the compiler named them.</param>
/// <param name="IsOfSource">Whether the source is the reason of the failure, so that it will always be the same.</param>
internal sealed record CompileResult(byte[]? Assembly, HostFailure? Failure, IReadOnlyList<SourceProblem>? Errors = null, bool IsOfSource = false);
