using System.Globalization;
using System.Text.Json;
using StratForge.Contracts.Calendar;
using StratForge.Contracts.Orders;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Accounts;

/// <summary><c>/v2/account/activities</c>: what happened in the account, page by page.</summary>
internal static class ActivityEndpoints
{
    private const string Fill = "FILL";
    private const int MaxPage = 100;

    // Kinds of activity that are no fills. This account has those that somebody booked by the admin API.
    public static readonly IReadOnlySet<string> Others = new HashSet<string>(StringComparer.Ordinal)
    {
        "TRANS", "MISC", "ACATC", "ACATS", "CFEE", "CGD", "CSD", "CSW", "DIV", "DIVCGL", "DIVCGS", "DIVFEE", "DIVFT", "DIVNRA", "DIVROC",
        "DIVTW", "DIVTXEX", "FEE", "INT", "INTNRA", "INTTW", "JNL", "JNLC", "JNLS", "MA", "NC", "OPASN", "OPCA", "OPCSH", "OPEXC", "OPEXP",
        "OPTRD", "PTC", "PTR", "REORG", "SPIN", "SPLIT", "FOPT", "OCT",
    };

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

        if (!QueryTimes.Instant(query["after"], out var after) || !QueryTimes.Instant(query["until"], out var until)
            || !QueryTimes.Day(query["date"], out var date)
            || !Page(query["page_size"], date is null, out var size))
        {
            return Answers.RefuseAsync(context, Refusals.Parameter("after, until, date or page_size cannot be read"));
        }

        if (date is { } day)
        {
            // A day's first moment counts; `after` is exclusive.
            (after, until) = (NewYork.Midnight(day) - TimeSpan.FromTicks(1), NewYork.Midnight(day.AddDays(1)));
        }

        var category = query["category"].ToString();
        var wantsFills = wanted.Length > 0 ? wanted.Contains(Fill) : category is "" or "trade_activity";
        var wantsOwn = wanted.Length > 0 ? wanted.Any(type => type != Fill) : category is "" or "non_trade_activity";
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

        var entries = context.RequestServices.GetRequiredService<TradingFloor>().Ask(view =>
            Select(
                    (wantsFills, wantsOwn) switch
                    {
                        (true, false) => view.Book.Executions.Select(Activity.Of),
                        (false, true) => view.Book.OwnEntries.Select(Activity.Of),
                        (true, true) => Activity.AllOf(view.Book),
                        _ => [],
                    },
                    ascending, token)
                .Where(activity => wanted.Length == 0 || wanted.Contains(activity.Own?.Type ?? Fill))
                .Where(activity => after is null || activity.At > after)
                .Where(activity => until is null || activity.At < until)
                .Where(activity => orderId is null || activity.Execution?.OrderId == orderId)
                .Take(size)
                .ToList());
        return Answers.WriteAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var activity in entries)
            {
                if (activity.Own is { } own)
                {
                    Write(json, own);
                }
                else
                {
                    Write(json, activity.Execution!);
                }
            }

            json.WriteEndArray();
        });
    }

    // From the page token on, in the direction asked for.
    private static IEnumerable<Activity> Select(IEnumerable<Activity> activities, bool ascending, Guid? token)
    {
        var ordered = ascending ? activities : activities.Reverse();
        return token is { } last ? ordered.SkipWhile(activity => activity.Id != last).Skip(1) : ordered;
    }

    /// <summary>Writes an entry that is no execution.</summary>
    public static void Write(Utf8JsonWriter json, OwnEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("id", IdOf(entry.Id, entry.At));
        json.WriteString("activity_type", entry.Type);
        json.WriteString("date", entry.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        json.WriteDecimal("net_amount", entry.NetAmount);
        json.WriteString("description", entry.Description);
        if (entry.Symbol is { } symbol)
        {
            json.WriteString("symbol", symbol.Replace("/", "", StringComparison.Ordinal));
        }

        if (entry.Quantity is { } quantity)
        {
            json.WriteDecimal("qty", quantity);
        }

        if (entry.PerShareAmount is { } perShare)
        {
            json.WriteDecimal("per_share_amount", perShare);
        }

        json.WriteInstant("created_at", entry.At);
        json.WriteString("status", "executed");
        json.WriteEndObject();
    }

    private static string IdOf(Guid id, DateTimeOffset at) =>
        $"{NewYork.Local(at).ToString("yyyyMMddHHmmssfff", CultureInfo.InvariantCulture)}::{id}";

    private static void Write(Utf8JsonWriter json, Execution execution)
    {
        json.WriteStartObject();
        json.WriteString("id", IdOf(execution.Id, execution.At));
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
}
