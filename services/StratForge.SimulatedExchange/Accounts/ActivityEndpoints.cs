using System.Globalization;
using System.Text.Json;
using StratForge.Contracts.Orders;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Protocol;
using StratForge.Trading.Calendar;

namespace StratForge.SimulatedExchange.Accounts;

/// <summary><c>/v2/account/activities</c>: the fills of the account, page by page.</summary>
internal static class ActivityEndpoints
{
    private const string Fill = "FILL";
    private const int MaxPage = 100;

    // Kinds of activity that Alpaca knows and this account never has.
    private static readonly HashSet<string> Others =
    [
        "TRANS", "MISC", "ACATC", "ACATS", "CFEE", "CGD", "CSD", "CSW", "DIV", "DIVCGL", "DIVCGS", "DIVFEE", "DIVFT", "DIVNRA", "DIVROC",
        "DIVTW", "DIVTXEX", "FEE", "INT", "INTNRA", "INTTW", "JNL", "JNLC", "JNLS", "MA", "NC", "OPASN", "OPCA", "OPCSH", "OPEXC", "OPEXP",
        "OPTRD", "PTC", "PTR", "REORG", "SPIN", "SPLIT", "FOPT", "OCT",
    ];

    public static void MapActivities(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v2/account/activities", context => ListAsync(context, context.Request.Query["activity_types"].ToString()));
        routes.MapGet("/v2/account/activities/{type}", context => ListAsync(context, (string)context.Request.RouteValues["type"]!));
    }

    private static Task ListAsync(HttpContext context, string types)
    {
        var query = context.Request.Query;
        var wanted = types.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (wanted.FirstOrDefault(type => type != Fill && !Others.Contains(type)) is { } unknown)
        {
            return Answers.RefuseAsync(context, Refusals.Parameter($"invalid activity type: {unknown}"));
        }

        if (!Instant(query["after"], out var after) || !Instant(query["until"], out var until)
            || !Day(query["date"], out var date)
            || !Page(query["page_size"], date is null, out var size))
        {
            return Answers.RefuseAsync(context, Refusals.Parameter("after, until, date or page_size cannot be read"));
        }

        if (date is { } day)
        {
            // A day's first moment counts; `after` is exclusive.
            (after, until) = (NewYork.Midnight(day) - TimeSpan.FromTicks(1), NewYork.Midnight(day.AddDays(1)));
        }

        var wantsFills = wanted.Length > 0 ? wanted.Contains(Fill) : query["category"].ToString() is "" or "trade_activity";
        var ascending = query["direction"] == "asc";
        var orderId = Guid.TryParse(query["order_id"], out var id) ? id : (Guid?)null;
        if (query["order_id"].ToString().Length > 0 && orderId is null)
        {
            return Answers.RefuseAsync(context, Refusals.OrderIdMissing);
        }

        Guid? token = null;
        if (query["page_token"].ToString() is { Length: > 0 } text)
        {
            if (text.Split("::") is not [_, var identity] || !Guid.TryParse(identity, out var execution))
            {
                return Answers.RefuseAsync(context, Refusals.Parameter("invalid page_token"));
            }

            token = execution;
        }

        var fills = !wantsFills ? [] : context.RequestServices.GetRequiredService<TradingFloor>().Ask(view =>
            Select(view.Book.Executions, ascending, token)
                .Where(execution => after is null || execution.At > after)
                .Where(execution => until is null || execution.At < until)
                .Where(execution => orderId is null || execution.OrderId == orderId)
                .Take(size)
                .ToList());
        return Answers.WriteAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var execution in fills)
            {
                Write(json, execution);
            }

            json.WriteEndArray();
        });
    }

    // From the page token on, in the direction asked for.
    private static IEnumerable<Execution> Select(IReadOnlyList<Execution> executions, bool ascending, Guid? token)
    {
        var start = ascending ? 0 : executions.Count - 1;
        if (token is { } last)
        {
            // Pages follow each other closely, newest first as a rule: the token is near the end.
            var at = executions.Count - 1;
            while (at >= 0 && executions[at].Id != last)
            {
                at--;
            }

            if (at < 0)
            {
                yield break;
            }

            start = ascending ? at + 1 : at - 1;
        }

        for (var index = start; index >= 0 && index < executions.Count; index += ascending ? 1 : -1)
        {
            yield return executions[index];
        }
    }

    private static void Write(Utf8JsonWriter json, Execution execution)
    {
        var local = NewYork.Local(execution.At).ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture);
        json.WriteStartObject();
        json.WriteString("id", $"{local}::{execution.Id}");
        json.WriteString("activity_type", Fill);
        json.WriteInstant("transaction_time", execution.At);
        json.WriteString("type", execution.CompletesOrder ? "fill" : "partial_fill");
        json.WriteDecimal("price", execution.Price);
        json.WriteDecimal("qty", execution.Quantity);
        json.WriteString("side", execution.Side == Side.Buy ? "buy" : "sell");
        json.WriteString("symbol", execution.Symbol);
        json.WriteDecimal("leaves_qty", execution.LeavesQuantity);
        json.WriteString("order_id", execution.OrderId);
        json.WriteDecimal("cum_qty", execution.FilledQuantity);
        json.WriteString("order_status", execution.CompletesOrder ? "filled" : "partially_filled");
        json.WriteEndObject();
    }

    private static bool Page(string? text, bool bounded, out int size)
    {
        size = bounded ? MaxPage : int.MaxValue;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size) && size > 0 && (!bounded || size <= MaxPage);
    }

    private static bool Instant(string? text, out DateTimeOffset? instant)
    {
        instant = DateTimeOffset.TryParse(
            text?.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var parsed) ? parsed : null;
        return string.IsNullOrEmpty(text) || instant is not null;
    }

    private static bool Day(string? text, out DateOnly? date)
    {
        date = DateOnly.TryParseExact(
            text?[..Math.Min(10, text.Length)], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed) ? parsed : null;
        return string.IsNullOrEmpty(text) || date is not null;
    }
}
