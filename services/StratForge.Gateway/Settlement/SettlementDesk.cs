using System.Diagnostics;
using Npgsql;
using StratForge.Gateway.Broker;
using StratForge.Gateway.Orders;

namespace StratForge.Gateway.Settlement;

/// <summary>Books what the venue says. Reports that wait are booked together in one transaction.</summary>
/// <remarks>Runs in every replica: the stream is read by the leader alone, but the answers to submissions arrive where they were sent.</remarks>
internal sealed partial class SettlementDesk(
    SettlementQueue queue, SettlementStore store, Submissions submissions, UserEvents events, TimeProvider clock,
    ILogger<SettlementDesk> logger) : BackgroundService
{
    // Enough to share a commit, few enough that the accounts are not held for long.
    private const int LargestGroup = 256;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>Books reports now, in order, in one transaction.</summary>
    public async Task<SettlementGroup> SettleAsync(IReadOnlyList<VenueReport> reports, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var startedAt = clock.GetUtcNow();
        var (group, effects) = await store.SettleAsync(reports, cancellationToken);
        submissions.Submit(effects.BrokerOrders);
        events.Publish(effects.Events);

        foreach (var id in group.Missing)
        {
            queue.AskForLook(id);
        }

        OrderTelemetry.SettlementTime.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        OrderTelemetry.Executions.Add(group.Trades.Select(trade => trade.Execution.ExecutionId).Distinct().Count());
        OrderTelemetry.Repeats.Add(group.Repeats);
        OrderTelemetry.Foreign.Add(group.Foreign);
        OrderTelemetry.Unbookable.Add(group.Contradictions.Count);
        foreach (var contradiction in group.Contradictions)
        {
            LogContradiction(contradiction);
        }

        Trace(group, startedAt);
        return group;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var group = new List<VenueReport>();
        while (await queue.Reports.WaitToReadAsync(stoppingToken))
        {
            group.Clear();
            while (group.Count < LargestGroup && queue.Reports.TryRead(out var report))
            {
                group.Add(report);
            }

            await SettleStubbornlyAsync(group, stoppingToken);
        }
    }

    private async Task SettleStubbornlyAsync(IReadOnlyList<VenueReport> reports, CancellationToken stoppingToken)
    {
        for (var wait = RetryAfter; ; wait = wait * 2 < LongestRetryAfter ? wait * 2 : LongestRetryAfter)
        {
            try
            {
                await SettleAsync(reports, CancellationToken.None);
                return;
            }
            catch (NpgsqlException exception) when (exception.IsTransient || exception is not PostgresException)
            {
                LogRetry(reports.Count, wait, exception.Message);
            }
            catch (Exception exception) when (exception is PostgresException or InvalidOperationException or ArgumentException)
            {
                if (reports.Count == 1)
                {
                    // Booked by nobody; the venue still has it, and every later look at this order says so again.
                    OrderTelemetry.Unbookable.Add(1);
                    LogUnbookable(exception, reports[0]);
                    return;
                }

                foreach (var report in reports)
                {
                    await SettleStubbornlyAsync([report], stoppingToken);
                }

                return;
            }

            // Stopping: what was not booked is found by the recovery of the next start.
            await Task.Delay(wait, clock, stoppingToken);
        }
    }

    // Each execution continues the trace of the order it belongs to, from the bar on.
    private static void Trace(SettlementGroup group, DateTimeOffset startedAt)
    {
        foreach (var trades in group.Trades.GroupBy(trade => (trade.Execution.BrokerOrderId, trade.Order.Traceparent)))
        {
            if (trades.Key.Traceparent is null || !ActivityContext.TryParse(trades.Key.Traceparent, null, isRemote: true, out var parent))
            {
                continue;
            }

            using var activity = OrderTelemetry.Source.StartActivity("settle fill", ActivityKind.Consumer, parent, startTime: startedAt);
            activity?.SetTag("stratforge.symbol", trades.First().Order.Symbol);
            activity?.SetTag("stratforge.broker_order", trades.Key.BrokerOrderId);
            activity?.SetTag("stratforge.trades", trades.Count());
        }
    }

    [LoggerMessage(LogLevel.Warning, "Booking of {Count} reports failed and is repeated in {Wait}: {Reason}")]
    private partial void LogRetry(int count, TimeSpan wait, string reason);

    [LoggerMessage(LogLevel.Error, "A report of the venue can't be booked: {Report}")]
    private partial void LogUnbookable(Exception exception, VenueReport report);

    [LoggerMessage(LogLevel.Error, "The venue contradicts the books: {Contradiction}")]
    private partial void LogContradiction(string contradiction);
}
