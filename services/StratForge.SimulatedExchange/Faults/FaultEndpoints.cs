using System.Text.Json;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Faults;

/// <summary><c>/admin/faults</c>: plans, shows and deletes faults. Not Alpaca's; behind the admin key, and never struck itself.</summary>
internal static class FaultEndpoints
{
    public static void MapFaults(this IEndpointRouteBuilder routes)
    {
        var faults = routes.MapGroup("/admin/faults");

        faults.MapPost("", CreateAsync);
        faults.MapGet("", ListAsync);
        faults.MapDelete("", ClearAsync);
        faults.MapGet("/{id:guid}", FindAsync);
        faults.MapDelete("/{id:guid}", RemoveAsync);
    }

    private static async Task CreateAsync(HttpContext context)
    {
        using var body = await Answers.ReadAsync(context);
        var (fault, refusal) = body is null ? (null, Refusals.Malformed) : FaultRequest.Read(body.RootElement);
        if (fault is null)
        {
            await Answers.RefuseAsync(context, refusal!);
            return;
        }

        if (Plan(context).Add(fault) is not { } planned)
        {
            await Answers.RefuseAsync(context, Refusals.Rule($"there are {FaultPlan.Capacity} faults already: delete those that are over"));
            return;
        }

        context.Response.Headers.Location = $"/admin/faults/{planned.Id}";
        await Answers.WriteAsync(context, StatusCodes.Status201Created, json => Write(json, planned));
    }

    private static Task ListAsync(HttpContext context)
    {
        var faults = Plan(context).All;
        return Answers.WriteAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var fault in faults)
            {
                Write(json, fault);
            }

            json.WriteEndArray();
        });
    }

    private static Task FindAsync(HttpContext context, Guid id) =>
        Plan(context).Find(id) is { } found ? Answers.WriteAsync(context, json => Write(json, found)) : Answers.RefuseAsync(context, NoSuch(id));

    private static Task RemoveAsync(HttpContext context, Guid id) =>
        Plan(context).Remove(id) ? Answers.NoContentAsync(context) : Answers.RefuseAsync(context, NoSuch(id));

    private static Task ClearAsync(HttpContext context)
    {
        Plan(context).Clear();
        return Answers.NoContentAsync(context);
    }

    private static Refusal NoSuch(Guid id) => Refusals.NotFound($"fault not found for {id}");

    private static FaultPlan Plan(HttpContext context) => context.RequestServices.GetRequiredService<FaultPlan>();

    private static void Write(Utf8JsonWriter json, PlannedFault planned)
    {
        var fault = planned.Fault;
        json.WriteStartObject();
        json.WriteString("id", planned.Id);
        json.WriteString("kind", FaultWords.Of(fault.Kind));
        json.WriteString("on", FaultWords.Of(fault.On));
        if (fault.On.HasAny(FaultTarget.Requests))
        {
            json.WriteString("when", fault.When == FaultMoment.Before ? "before" : "after");
        }

        json.WriteNumber("times", fault.Times);
        json.WriteNumber("skip", fault.Skip);
        json.WriteNumber("probability", fault.Probability);
        json.WriteNumber("seed", fault.Seed);
        switch (fault.Kind)
        {
            case FaultKind.Delay:
                json.WriteNumber("delay_ms", (long)fault.Delay.TotalMilliseconds);
                break;
            case FaultKind.Error:
                json.WriteNumber("status", fault.Status);
                break;
            case FaultKind.PartialFill:
                json.WriteNumber("part", fault.Part);
                break;
        }

        json.WriteString("symbol", fault.Symbol);
        json.WriteString("event", fault.Event);
        json.WriteNumber("occasions", planned.Occasions);
        json.WriteNumber("hits", planned.Hits);
        if (planned.Left is { } left)
        {
            json.WriteNumber("left", left);
        }
        else
        {
            json.WriteNull("left");
        }

        json.WriteEndObject();
    }
}
