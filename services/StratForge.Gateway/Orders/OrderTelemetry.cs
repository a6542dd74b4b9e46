using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace StratForge.Gateway.Orders;

/// <summary>Traces and measurements of an order's life.</summary>
internal static class OrderTelemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "StratForge.Gateway";

    public static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    public static readonly Counter<long> Intake = Meter.CreateCounter<long>(
        "stratforge.orders.intake", "{order}", "Orders taken in, by outcome.");

    public static readonly Histogram<int> GroupSize = Meter.CreateHistogram<int>(
        "stratforge.orders.intake.group", "{order}", "Orders that shared one intake statement.");

    public static readonly Histogram<double> IntakeTime = Meter.CreateHistogram<double>(
        "stratforge.orders.intake.duration", "s", "One intake statement, commit included.");

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

    public static readonly Histogram<double> SettlementTime = Meter.CreateHistogram<double>(
        "stratforge.settlement.duration", "s", "One settlement transaction.");

    /// <summary>Starts an activity as the child of a trace that came in as text.</summary>
    public static Activity? StartActivity(this ActivitySource source, string name, ActivityKind kind, string? traceparent) =>
        ActivityContext.TryParse(traceparent, null, isRemote: true, out var parent)
            ? source.StartActivity(name, kind, parent)
            : source.StartActivity(name, kind, default(ActivityContext));
}
