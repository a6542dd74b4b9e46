using System.Threading.Channels;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Worker.Signals;

namespace StratForge.Worker.Tests.Signals;

/// <summary>A gateway that answers when the test says so.</summary>
internal sealed class HeldDoor : IExecutionDoor
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Channel<HeldBatch> _batches = Channel.CreateUnbounded<HeldBatch>();

    public Task<ExecuteOutcome[]> ExecuteAsync(IReadOnlyList<ExecuteSignal> signals, CancellationToken cancellationToken)
    {
        var batch = new HeldBatch(signals);
        _batches.Writer.TryWrite(batch);
        return batch.Answered.Task;
    }

    public Task<CancelOrdersOutcome> CancelAsync(CancelOrders wish, CancellationToken cancellationToken) =>
        Task.FromResult(new CancelOrdersOutcome(ExecuteOutcome.Accepted, wish.OrderIds ?? []));

    public Task<HeldBatch> NextAsync() => _batches.Reader.ReadAsync().AsTask().WaitAsync(Patience);
}

/// <summary>What the gateway was sent at once.</summary>
internal sealed class HeldBatch(IReadOnlyList<ExecuteSignal> signals)
{
    public IReadOnlyList<ExecuteSignal> Signals { get; } = signals;

    public TaskCompletionSource<ExecuteOutcome[]> Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Answer() =>
        Answered.SetResult([.. Signals.Select(signal => new ExecuteOutcome(signal.SignalId, ExecuteOutcome.Accepted))]);

    public void Fail(Exception exception) => Answered.SetException(exception);
}

/// <summary>A session with one signal.</summary>
internal sealed class HeldSource : ISignalSource
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly TaskCompletionSource<ExecuteOutcome> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ExecuteSignal Signal { get; } = new(
        Platform.NewId(), Platform.NewId(), Platform.NewId(), "SPY", Side.Buy, 1, 1, 1, SessionEventKind.Bar, 1, 0, Platform.Opening);

    public Task<ExecuteOutcome> AnswerAsync() => _answer.Task.WaitAsync(Patience);

    public void OnOutcomes(ReadOnlySpan<ExecuteOutcome> outcomes) => _answer.SetResult(outcomes[0]);

    public void OnRefused(string reason) => _answer.SetResult(new ExecuteOutcome(Signal.SignalId, "REFUSED", Detail: reason));
}
