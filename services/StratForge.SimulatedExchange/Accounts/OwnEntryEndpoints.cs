using System.Globalization;
using StratForge.Contracts.Calendar;
using StratForge.SimulatedExchange.Clock;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Accounts;

/// <summary><c>/admin/activities</c>: books what a broker books by itself. Not Alpaca's; behind the admin key.</summary>
internal static class OwnEntryEndpoints
{
    private static readonly HashSet<string> Fields =
        ["activity_type", "symbol", "qty", "net_amount", "per_share_amount", "date", "description", "moves"];

    public static void MapOwnEntries(this IEndpointRouteBuilder routes) => routes.MapPost("/admin/activities", BookAsync);

    private static async Task BookAsync(HttpContext context)
    {
        using var body = await Answers.ReadAsync(context);
        if (body is null || body.RootElement.ValueKind != System.Text.Json.JsonValueKind.Object)
        {
            await Answers.RefuseAsync(context, Refusals.Malformed);
            return;
        }

        foreach (var property in body.RootElement.EnumerateObject())
        {
            if (!Fields.Contains(property.Name))
            {
                await Answers.RefuseAsync(context, Refusals.Parameter($"unknown field \"{property.Name}\": there are {string.Join(", ", Fields)}"));
                return;
            }
        }

        var fields = new RequestFields(body.RootElement);
        var floor = context.RequestServices.GetRequiredService<TradingFloor>();
        var (type, symbol, day, description, moves) = (
            fields.Text("activity_type"), fields.Text("symbol"), fields.Text("date"), fields.Text("description") ?? "", fields.Text("moves") != "false");
        var (quantity, net, perShare) = (fields.Number("qty"), fields.Number("net_amount"), fields.Number("per_share_amount"));
        DateOnly? date = DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed) ? parsed : null;
        var instrument = symbol is null ? null : floor.Prices.Find(symbol);
        var flaw = type is null || !ActivityEndpoints.Others.Contains(type) ? "activity_type must be one of Alpaca's other than FILL: CFEE, FEE, DIV, INT, ..."
            : fields.Malformed ? "qty, net_amount and per_share_amount are numbers"
            : day is not null && date is null ? "date must be yyyy-MM-dd"
            : symbol is not null && instrument is null ? $"asset \"{symbol}\" not found"
            : net is null && quantity is null ? "net_amount is needed, or qty for a fee in units"
            : net is { } cash && decimal.Round(cash, 2) != cash ? "net_amount must be in whole cents"
            : null;
        if (flaw is not null)
        {
            await Answers.RefuseAsync(context, Refusals.Parameter(flaw));
            return;
        }

        var (entry, refusal) = floor.Do<(OwnEntry?, Refusal?)>((view, draft) =>
        {
            var entry = new OwnEntry(
                view.NewId(), type!, draft.At, date ?? NewYork.DateOf(draft.At), instrument?.Symbol, quantity, net ?? 0m, perShare, description, moves);
            if (FlawOfUnits(entry, view.Book) is { } wrong)
            {
                return (null, wrong);
            }

            draft.Book(entry);
            return (entry, null);
        });
        await (entry is null
            ? Answers.RefuseAsync(context, refusal!)
            : Answers.WriteAsync(context, StatusCodes.Status201Created, json => ActivityEndpoints.Write(json, entry)));
    }

    // Units come out of a position, or come to one; there has to be one, and it does not change sides.
    private static Refusal? FlawOfUnits(OwnEntry entry, AccountBook book)
    {
        var held = entry.Symbol is { } symbol ? book.PositionIn(symbol)?.Quantity ?? 0m : 0m;
        return entry.Units == 0m || (held != 0m && Math.Sign(held + entry.Units) != -Math.Sign(held)) ? null
            : Refusals.Rule($"insufficient qty available for the entry (requested: {Wire.Text(entry.Units)}, available: {Wire.Text(held)})");
    }
}
