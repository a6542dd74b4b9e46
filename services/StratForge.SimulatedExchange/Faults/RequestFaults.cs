using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Faults;

/// <summary>Stands between the front door and the routes, and lets requests fail as planned.</summary>
internal sealed class RequestFaults(FaultPlan plan, TimeProvider time)
{
    public Task EnterAsync(HttpContext context, RequestDelegate next)
    {
        if (!plan.Awaits(FaultTarget.Requests) || context.WebSockets.IsWebSocketRequest)
        {
            return next(context);
        }

        return plan.Strike(TargetsOf(context.Request)) is { } fault ? FailAsync(fault, context, next) : next(context);
    }

    private static FaultTarget TargetsOf(HttpRequest request)
    {
        if (FrontDoor.IsAdmin(request.Path))
        {
            return FaultTarget.None;
        }

        if (FrontDoor.IsData(request.Path))
        {
            return FaultTarget.Data;
        }

        // By prefix, not by segment: /v2/orders:by_client_order_id is one of them.
        var path = request.Path.Value ?? "";
        return !path.StartsWith("/v2/orders", StringComparison.Ordinal) ? FaultTarget.Trading
            : path == "/v2/orders" && HttpMethods.IsPost(request.Method) ? FaultTarget.Trading | FaultTarget.Orders | FaultTarget.OrderSubmit
            : FaultTarget.Trading | FaultTarget.Orders;
    }

    private async Task FailAsync(Fault fault, HttpContext context, RequestDelegate next)
    {
        if (fault.When == FaultMoment.Before || fault.Kind == FaultKind.RateLimit)
        {
            if (fault.Kind == FaultKind.Delay)
            {
                await Task.Delay(fault.Delay, time, context.RequestAborted);
                await next(context);
                return;
            }

            await InsteadAsync(fault, context);
            return;
        }

        // What the exchange answers is kept back: it may not reach the wire before it is known what becomes of it.
        var wire = context.Response.Body;
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = wire;
        }

        if (fault.Kind != FaultKind.Delay)
        {
            await InsteadAsync(fault, context);
            return;
        }

        await Task.Delay(fault.Delay, time, context.RequestAborted);
        answer.Position = 0;
        await answer.CopyToAsync(wire, context.RequestAborted);
    }

    private static Task InsteadAsync(Fault fault, HttpContext context)
    {
        switch (fault.Kind)
        {
            case FaultKind.Disconnect:
                context.Abort();
                return Task.CompletedTask;
            case FaultKind.RateLimit:
                foreach (var header in FrontDoor.LimitHeaders)
                {
                    context.Response.Headers.Remove(header);
                }

                return Answers.RefuseAsync(context, Refusals.TooManyRequests);
            default:
                return Answers.RefuseAsync(context, Refusals.Server(fault.Status));
        }
    }
}
