using StratForge.Contracts.Internal;

namespace StratForge.Worker.Signals;

/// <summary>Where signals are executed: the gateway.</summary>
internal interface IExecutionDoor
{
    /// <summary>Executes signals in order; a repeat of a known one gets the answer it got before.</summary>
    /// <exception cref="GatewayUnavailableException">Not now; the same batch may be sent again.</exception>
    /// <exception cref="BatchRefusedException">Never like this: sending it again would change nothing.</exception>
    Task<ExecuteOutcome[]> ExecuteAsync(IReadOnlyList<ExecuteSignal> signals, CancellationToken cancellationToken);

    /// <summary>Takes orders of a session back; a repeat of a known wish changes nothing.</summary>
    /// <exception cref="GatewayUnavailableException">Not now; the same may be sent again.</exception>
    /// <exception cref="BatchRefusedException">Never like this.</exception>
    Task<CancelOrdersOutcome> CancelAsync(CancelOrders wish, CancellationToken cancellationToken);
}

/// <summary>The gateway can't be reached, is overloaded, or failed.</summary>
internal sealed class GatewayUnavailableException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Whether it got what was sent and failed at it, so that something in it may be the reason.</summary>
    public bool HasFailed { get; init; }
}

/// <summary>The gateway does not understand the batch.</summary>
internal sealed class BatchRefusedException(string message) : Exception(message);
