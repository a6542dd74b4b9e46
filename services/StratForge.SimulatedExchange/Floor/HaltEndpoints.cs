using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Floor;

/// <summary><c>/admin/halts</c>: halts a stock and lets it trade again. Not Alpaca's; behind the admin key.</summary>
internal static class HaltEndpoints
{
    private const int LongestText = 100;

    public static void MapHalts(this IEndpointRouteBuilder routes)
    {
        var halts = routes.MapGroup("/admin/halts");

        halts.MapGet("", ListAsync);
        halts.MapPost("", BeginAsync);
        halts.MapDelete("/{symbol}", EndAsync);
    }

    private static Task ListAsync(HttpContext context)
    {
        var halts = Floor(context).Halts;
        return Answers.WriteAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var halt in halts)
            {
                Write(json, halt);
            }

            json.WriteEndArray();
        });
    }

    private static async Task BeginAsync(HttpContext context)
    {
        using var body = await Answers.ReadAsync(context);
        if (body is null || body.RootElement.ValueKind != System.Text.Json.JsonValueKind.Object)
        {
            await Answers.RefuseAsync(context, Refusals.Malformed);
            return;
        }

        var fields = new RequestFields(body.RootElement);
        var floor = Floor(context);
        var (symbol, code, reason) = (fields.Text("symbol"), fields.Text("reason_code") ?? "T1", fields.Text("reason") ?? "Halt News Pending");
        var flaw = symbol is null ? "symbol is required"
            : floor.Prices.Find(symbol) is not { } instrument ? $"asset \"{symbol}\" not found"
            : instrument.IsCrypto ? "coins have no trading status"
            : code.Length > LongestText || reason.Length > LongestText ? $"reason_code and reason have at most {LongestText} characters"
            : null;
        if (flaw is not null)
        {
            await Answers.RefuseAsync(context, Refusals.Parameter(flaw));
            return;
        }

        var halt = floor.Halt(floor.Prices.Find(symbol!)!, code, reason);
        await Answers.WriteAsync(context, StatusCodes.Status201Created, json => Write(json, halt));
    }

    private static Task EndAsync(HttpContext context, string symbol)
    {
        var floor = Floor(context);
        return floor.Prices.Find(symbol) is { } instrument && floor.Resume(instrument)
            ? Answers.NoContentAsync(context)
            : Answers.RefuseAsync(context, Refusals.NotFound($"{symbol} is not halted"));
    }

    private static TradingFloor Floor(HttpContext context) => context.RequestServices.GetRequiredService<TradingFloor>();

    private static void Write(System.Text.Json.Utf8JsonWriter json, TradingHalt halt)
    {
        json.WriteStartObject();
        json.WriteString("symbol", halt.Symbol);
        json.WriteString("at", halt.At);
        json.WriteString("reason_code", halt.ReasonCode);
        json.WriteString("reason", halt.Reason);
        json.WriteEndObject();
    }
}
