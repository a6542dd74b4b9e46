using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using StratForge.Contracts;
using StratForge.Contracts.Internal;
using StratForge.Gateway.Bookkeeping;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Orders;

namespace StratForge.Gateway.Internal;

/// <summary>What workers call. Bodies are those of the bus: plain numbers, <see cref="ContractsJson"/>.</summary>
internal static class InternalEndpoints
{
    // Ten signals each of a hundred sessions that all traded on one bar.
    private const int LargestBatch = 1000;

    public static void MapInternal(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/internal").ExcludeFromDescription();
        group.AddEndpointFilter(RequireServiceKey);
        group.WithBooks();
        group.MapPost("/execute", (HttpContext context, OrderDesk desk) => OneAsync(context, desk, recordOnly: false))
            .WithIntakeLane(static services => new PlainSignals(services.GetRequiredService<OrderDesk>(), services.GetRequiredService<ServiceKey>()));
        group.MapPost("/execute/batch", BatchAsync).WithIntakeLane();
        group.MapPost("/cancel", CancelAsync);
        group.MapPost("/signal", (HttpContext context, OrderDesk desk) => OneAsync(context, desk, recordOnly: true));
    }

    private static async Task<IResult> OneAsync(HttpContext context, OrderDesk desk, bool recordOnly)
    {
        var signal = await ReadAsync(context, ContractsJson.Default.ExecuteSignal);
        var outcome = (await desk.ExecuteAsync([signal], recordOnly, context.RequestAborted))[0];
        return TypedResults.Json(outcome, ContractsJson.Default.ExecuteOutcome);
    }

    private static async Task<IResult> BatchAsync(HttpContext context, OrderDesk desk)
    {
        var signals = await ReadAsync(context, ContractsJson.Default.ExecuteSignalArray);
        if (signals.Length > LargestBatch || signals.Any(signal => signal is null))
        {
            return Problems.Invalid("$", $"is an array of at most {LargestBatch} signals.");
        }

        var outcomes = await desk.ExecuteAsync(signals, recordOnly: false, context.RequestAborted);
        return TypedResults.Json(outcomes, ContractsJson.Default.ExecuteOutcomeArray);
    }

    private static async Task<IResult> CancelAsync(HttpContext context, OrderCancels cancels)
    {
        var wish = await ReadAsync(context, ContractsJson.Default.CancelOrders);
        if (wish.OrderIds is { Count: > CancelOrders.Most })
        {
            return Problems.Invalid("orderIds", $"names at most {CancelOrders.Most} orders.");
        }

        if (!Enum.IsDefined(wish.EventKind))
        {
            return Problems.Invalid("eventKind", "is no kind of event.");
        }

        return await cancels.CancelAsync(wish, context.RequestAborted) is { } outcome
            ? TypedResults.Json(outcome, ContractsJson.Default.CancelOrdersOutcome)
            : Problems.NotFound("unknown-session", $"No session {wish.SessionId}.");
    }

    private static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted)
                ?? throw new BadHttpRequestException("The body is null.");
        }
        catch (JsonException exception)
        {
            throw new BadHttpRequestException("The body can't be read.", exception);
        }
    }

    private static ValueTask<object?> RequireServiceKey(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.HttpContext.RequestServices.GetRequiredService<ServiceKey>().IsIn(context.HttpContext.Request)
            ? next(context)
            : ValueTask.FromResult<object?>(Problems.Unauthorized("unknown-service", $"Send the service key in {InternalHeaders.ServiceKey}."));
}
