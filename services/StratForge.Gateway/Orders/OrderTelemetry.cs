using System.Diagnostics;
using System.Diagnostics.Metrics;
using StratForge.Trading.Brokerage;

namespace StratForge.Gateway.Orders;

/// <summary>Traces and measurements of an order's life.</summary>
internal static class OrderTelemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "StratForge.Gateway";

    public static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    public static readonly Histogram<int> GroupSize = Meter.CreateHistogram<int>(
        "stratforge.orders.intake.group", "{order}", "Orders that shared one unit of work.");

    public static readonly Histogram<double> UnitTime = Meter.CreateHistogram<double>(
        "stratforge.books.unit.duration", "s", "One unit of work of the books, commit included.");

    public static readonly Counter<long> Submitted = Meter.CreateCounter<long>(
        "stratforge.orders.submitted", "{order}", "Orders the broker took.");

    public static readonly Counter<long> Held = Meter.CreateCounter<long>(
        "stratforge.orders.held", "{order}", "Orders the broker refused for an opposite one; they wait again.");

    public static readonly Counter<long> Executions = Meter.CreateCounter<long>(
        "stratforge.settlement.executions", "{execution}", "Executions booked.");

    public static readonly Counter<long> Repeats = Meter.CreateCounter<long>(
        "stratforge.settlement.repeats", "{execution}", "Executions reported again and left alone.");

    public static readonly Counter<long> Foreign = Meter.CreateCounter<long>(
        "stratforge.settlement.foreign", "{event}", "Events of orders in the account that are not ours.");

    public static readonly Counter<long> Unbookable = Meter.CreateCounter<long>(
        "stratforge.settlement.unbookable", "{event}", "Events that contradict the books; someone has to look.");

    /// <summary>Starts an activity as the child of a trace that came in as text.</summary>
    public static Activity? StartActivity(this ActivitySource source, string name, ActivityKind kind, string? traceparent) =>
        ActivityContext.TryParse(traceparent, null, isRemote: true, out var parent)
            ? source.StartActivity(name, kind, parent)
            : source.StartActivity(name, kind, default(ActivityContext));

    /// <summary>Each broker order's fills continue the trace of the order they belong to, from the bar on.</summary>
    /// <param name="trades">What was booked.</param>
    /// <param name="startedAt">When booking began.</param>
    public static void TraceFills(IReadOnlyList<Trade> trades, DateTimeOffset startedAt)
    {
        foreach (var fills in trades.Where(trade => trade.Order.Facts.Traceparent is not null).GroupBy(trade => (trade.BrokerOrderId, trade.Order.Facts.Traceparent)))
        {
            if (!ActivityContext.TryParse(fills.Key.Traceparent, null, isRemote: true, out var parent))
            {
                continue;
            }

            using var activity = Source.StartActivity("settle fill", ActivityKind.Consumer, parent, startTime: startedAt);
            activity?.SetTag("stratforge.symbol", fills.First().Order.Symbol);
            activity?.SetTag("stratforge.broker_order", fills.Key.BrokerOrderId);
            activity?.SetTag("stratforge.trades", fills.Count());
        }
    }
}
