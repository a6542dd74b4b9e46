using System.Diagnostics;
using System.Threading.Channels;
using Npgsql;
using StratForge.Gateway.Broker;

namespace StratForge.Gateway.Orders;

/// <summary>The one door through which orders get in. Requests that arrive while a statement is under way share the next one:
/// what is there is taken, nothing is waited for.</summary>
internal sealed partial class OrderIntake(
    IntakeStore store, Submissions submissions, UserEvents events, TimeProvider clock, ILogger<OrderIntake> logger) : BackgroundService
{
    // While one statement waits for the disk the other is being planned and written.
    private const int Writers = 2;

    // Beyond this a statement takes longer than a commit saves.
    private const int LargestGroup = 512;

    // Callers beyond this wait at the channel; each holds one HTTP request of his own.
    private const int WaitingRequests = 4096;

    private const int Attempts = 5;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(50);

    private readonly Channel<Request> _requests = Channel.CreateBounded<Request>(WaitingRequests);

    /// <summary>Takes orders in, in the order given; the answers say what became of each.</summary>
    /// <exception cref="NpgsqlException">The database does not answer. A retry with the same ids is safe.</exception>
    /// <exception cref="TimeoutException">This process is stopping; another replica, or the next start, takes the order.</exception>
    public async Task<IntakeAnswer[]> AcceptAsync(IReadOnlyList<NewOrder> orders, CancellationToken cancellationToken)
    {
        if (orders.Count == 0)
        {
            return [];
        }

        var request = new Request(orders);
        try
        {
            await _requests.Writer.WriteAsync(request, cancellationToken);
        }
        catch (ChannelClosedException exception)
        {
            throw new TimeoutException("This gateway is stopping and takes no more orders in.", exception);
        }

        // Once queued it may be committed whether the caller waits or not.
        return await request.Answer.Task.WaitAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => WriteAsync(stoppingToken)));

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What is queued is still taken in; new requests are turned away by the server before this.
        _requests.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        // Yield at once: the host starts its services one after the other.
        await Task.Yield();
        Request? carried = null;
        while (carried is not null || await _requests.Reader.WaitToReadAsync(CancellationToken.None))
        {
            var group = new List<Request>();
            var size = 0;
            var signals = new HashSet<Guid>();
            while (carried is not null || _requests.Reader.TryRead(out carried))
            {
                // A repeat of something in this group waits for the next: the statement recognises what is committed.
                if (group.Count > 0 && (size + carried.Orders.Count > LargestGroup || carried.Orders.Any(order => signals.Contains(KeyOf(order)))))
                {
                    break;
                }

                group.Add(carried);
                size += carried.Orders.Count;
                signals.UnionWith(carried.Orders.Select(KeyOf));
                carried = null;
            }

            if (group.Count > 0)
            {
                await CommitAsync(group, size, cancellationToken);
            }
        }
    }

    private async Task CommitAsync(List<Request> group, int size, CancellationToken cancellationToken)
    {
        try
        {
            var started = Stopwatch.GetTimestamp();
            var orders = group.Count == 1 ? group[0].Orders : [.. group.SelectMany(request => request.Orders)];
            var commit = await CommitAsync(orders);
            submissions.Submit(commit.Effects.BrokerOrders);

            var next = 0;
            foreach (var request in group)
            {
                request.Answer.TrySetResult(commit.Answers[next..(next += request.Orders.Count)]);
            }

            events.Publish(commit.Effects.Events);
            OrderTelemetry.GroupSize.Record(size);
            OrderTelemetry.IntakeTime.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
            foreach (var answers in commit.Answers.CountBy(answer => answer.Status))
            {
                OrderTelemetry.Intake.Add(answers.Value, new KeyValuePair<string, object?>("status", answers.Key));
            }
        }
        catch (Exception exception) when (exception is NpgsqlException && group.Count > 1)
        {
            // One of them may be what the database chokes on: each gets its own statement and its own answer.
            LogSplit(group.Count, exception.Message);
            foreach (var request in group)
            {
                await CommitAsync([request], request.Orders.Count, cancellationToken);
            }
        }
        catch (Exception exception)
        {
            foreach (var request in group)
            {
                request.Answer.TrySetException(exception);
            }
        }
    }

    private async Task<IntakeCommit> CommitAsync(IReadOnlyList<NewOrder> orders)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // Not cancelled when the service stops: the callers were promised an answer.
                return await store.AcceptAsync(orders, CancellationToken.None);
            }
            catch (NpgsqlException exception) when (exception.IsTransient && attempt < Attempts)
            {
                // Safe to repeat even if the first attempt was committed: ids are recognised, and orders that nobody sent
                // are found by the sweep.
                LogRetry(orders.Count, attempt, exception.Message);
                await Task.Delay(RetryAfter * attempt, clock, CancellationToken.None);
            }
        }
    }

    private static Guid KeyOf(NewOrder order) => order.Signal?.SignalId ?? order.Id;

    private sealed record Request(IReadOnlyList<NewOrder> Orders)
    {
        public TaskCompletionSource<IntakeAnswer[]> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [LoggerMessage(LogLevel.Warning, "Intake of {Count} orders failed at attempt {Attempt} and is repeated: {Reason}")]
    private partial void LogRetry(int count, int attempt, string reason);

    [LoggerMessage(LogLevel.Warning, "Intake of {Count} requests together failed; each is tried alone: {Reason}")]
    private partial void LogSplit(int count, string reason);
}
