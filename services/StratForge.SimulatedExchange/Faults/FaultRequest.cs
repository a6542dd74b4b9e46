using System.Text.Json;
using StratForge.SimulatedExchange.Orders;

namespace StratForge.SimulatedExchange.Faults;

/// <summary>Reads a fault from the body of a request.</summary>
internal static class FaultRequest
{
    private static readonly HashSet<string> Fields =
        ["kind", "on", "when", "times", "skip", "probability", "seed", "delay_ms", "status", "part", "symbol", "event"];

    /// <returns>The fault, or why the body is none. Unknown fields are refused: a misspelt one would plan another fault than was meant.</returns>
    public static (Fault? Fault, Refusal? Refusal) Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            return (null, Refusals.Malformed);
        }

        foreach (var property in body.EnumerateObject())
        {
            if (!Fields.Contains(property.Name))
            {
                return (null, Refusals.Parameter($"unknown field \"{property.Name}\": there are {string.Join(", ", Fields)}"));
            }
        }

        var fields = new RequestFields(body);
        if (FaultWords.Kind(fields.Text("kind")) is not { } kind)
        {
            return (null, Refusals.Parameter($"kind must be one of {FaultWords.AllKinds}"));
        }

        if (FaultWords.Target(fields.Text("on")) is not { } target)
        {
            return (null, Refusals.Parameter($"on must be one of {FaultWords.AllTargets}"));
        }

        var when = fields.Text("when");
        if (when is not (null or "before" or "after"))
        {
            return (null, Refusals.Parameter("when must be before or after"));
        }

        var fault = new Fault(kind, target);
        fault = fault with
        {
            When = when switch { "before" => FaultMoment.Before, "after" => FaultMoment.After, _ => fault.When },
            Times = fields.Whole("times") ?? fault.Times,
            Skip = fields.Whole("skip") ?? fault.Skip,
            Probability = (double)(fields.Number("probability") ?? (decimal)fault.Probability),
            Seed = fields.Whole("seed") ?? fault.Seed,
            Delay = TimeSpan.FromMilliseconds(fields.Whole("delay_ms") ?? 0),
            Status = fields.Whole("status") ?? fault.Status,
            Part = (double)(fields.Number("part") ?? (decimal)fault.Part),
            Symbol = fields.Text("symbol"),
            Event = fields.Text("event"),
        };
        return fields.Malformed ? (null, Refusals.Parameter("times, skip, seed, delay_ms and status are whole numbers, probability and part are numbers"))
            : fault.Flaw() is { } flaw ? (null, Refusals.Parameter(flaw))
            : (fault, null);
    }
}
