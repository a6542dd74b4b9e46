using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using StratForge.Contracts;
using StratForge.Contracts.Internal;
using StratForge.Gateway.Identity;
using StratForge.Gateway.Orders;

namespace StratForge.Gateway.Internal;

/// <summary>Takes single signals of whoever has the service key.</summary>
internal sealed class PlainSignals(OrderDesk desk, ServiceKey key) : IPlainIntake
{
    private const string ContentType = "application/json; charset=utf-8";

    // Most answers take some 150 bytes.
    private const int UsualLength = 256;

    public bool TryTake(HttpContext context, Caller? caller, [NotNullWhen(true)] out Task? answered)
    {
        answered = key.IsIn(context.Request) && PlainBody.TryRead(context.Request, Parse) is { } signal ? TakeAsync(context, signal) : null;
        return answered is not null;
    }

    private async Task TakeAsync(HttpContext context, ExecuteSignal signal)
    {
        // Who hangs up misses the answer; the signal is taken in in either case.
        var outcome = (await desk.ExecuteAsync([signal], recordOnly: false, CancellationToken.None))[0];
        var text = new ArrayBufferWriter<byte>(UsualLength);
        await using (var json = new Utf8JsonWriter(text))
        {
            JsonSerializer.Serialize(json, outcome, ContractsJson.Default.ExecuteOutcome);
        }

        context.Response.ContentType = ContentType;
        context.Response.ContentLength = text.WrittenCount;
        await context.Response.BodyWriter.WriteAsync(text.WrittenMemory, context.RequestAborted);
    }

    private static ExecuteSignal? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ContractsJson.Default.ExecuteSignal);
        }
        catch (JsonException)
        {
            // What is wrong with it is said by whoever reads it next.
            return null;
        }
    }
}
