using System.Globalization;
using System.Text.Json;
using StratForge.Contracts.Calendar;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Market;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Accounts;

/// <summary><c>/v2/account/portfolio/history</c>. Nothing is recorded for it: activities and prices of the past say what the account was worth.</summary>
internal static class PortfolioHistory
{
    private const int MostPoints = 50_000;

    public static void MapPortfolioHistory(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v2/account/portfolio/history", ReadAsync);

    private static Task ReadAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var floor = context.RequestServices.GetRequiredService<TradingFloor>();
        // Activities stamp themselves apart by microseconds and may run ahead of the clock; the curve ends behind the last of them.
        var (now, createdAt, startingCash, activities) = floor.Ask(view =>
            (view.Book.At > view.Now ? view.Book.At : view.Now, view.Book.CreatedAt, view.Book.StartingCash, Activity.AllOf(view.Book).ToArray()));
        if (!Range(query, now, out var start, out var end))
        {
            return Answers.RefuseAsync(context, Refusals.Parameter("invalid period, start or end"));
        }

        var span = end - start;
        var frame = query["timeframe"].ToString() is { Length: > 0 } given ? given
            : span < TimeSpan.FromDays(7) ? "1Min"
            : span < TimeSpan.FromDays(30) ? "15Min"
            : "1D";
        var step = frame switch
        {
            "1Min" => TimeSpan.FromMinutes(1),
            "5Min" => TimeSpan.FromMinutes(5),
            "15Min" => TimeSpan.FromMinutes(15),
            "1H" => TimeSpan.FromHours(1),
            "1D" => TimeSpan.FromDays(1),
            _ => TimeSpan.Zero,
        };
        if (step == TimeSpan.Zero || (step < TimeSpan.FromDays(1) && span > TimeSpan.FromDays(31)))
        {
            return Answers.RefuseAsync(context, Refusals.Parameter("invalid timeframe for the period"));
        }

        var flowTypes = FlowTypes(query["cashflow_types"].ToString());
        if (flowTypes.FirstOrDefault(type => !ActivityEndpoints.Others.Contains(type)) is { } unknown)
        {
            return Answers.RefuseAsync(context, Refusals.Parameter($"invalid activity type: {unknown}"));
        }

        // The account has no worth before it existed.
        start = start < createdAt ? createdAt : start;
        var continuous = query["intraday_reporting"] == "continuous" || floor.Ask(view => view.Options.Hours) == TradingHours.Always;
        var extended = query["intraday_reporting"] == "extended_hours" || query["extended_hours"] == "true";
        var points = Points(start, end, now, step, continuous, extended).Take(MostPoints).ToList();
        var worth = new EquityWalk(floor.Prices, startingCash, activities);
        var baseValue = worth.At(start);
        var equity = points.ConvertAll(point => worth.At(point.ValuedAt));
        var resets = step < TimeSpan.FromDays(1) && query["pnl_reset"] != "no_reset";
        var bases = resets ? DailyBases(points, start, new EquityWalk(floor.Prices, startingCash, activities)) : points.ConvertAll(_ => baseValue);
        var flows = flowTypes.Count > 0 ? CashFlows(flowTypes, points, start, activities) : null;
        return Answers.WriteAsync(context, json => Write(json, frame, start, baseValue, points, equity, bases, flows));
    }

    /// <summary>One point of the curve: its stamp, and the end of its window at which the account is valued.</summary>
    private readonly record struct Point(DateTimeOffset Stamp, DateTimeOffset ValuedAt);

    private static void Write(
        Utf8JsonWriter json,
        string frame,
        DateTimeOffset start,
        decimal baseValue,
        List<Point> points,
        List<decimal> equity,
        List<decimal> bases,
        SortedDictionary<string, decimal[]>? flows)
    {
        json.WriteStartObject();
        Array("timestamp", index => json.WriteNumberValue(points[index].Stamp.ToUnixTimeSeconds()));
        Array("equity", index => json.WriteNumberValue(decimal.Round(equity[index], 2)));
        Array("profit_loss", index => json.WriteNumberValue(decimal.Round(equity[index] - bases[index], 2)));
        Array("profit_loss_pct", index => json.WriteNumberValue(bases[index] == 0m ? 0m : decimal.Round((equity[index] - bases[index]) / bases[index], 9)));
        json.WritePlain("base_value", decimal.Round(baseValue, 2));
        json.WriteString("base_value_asof", NewYork.DateOf(start).ToString("yyyy-MM-dd"));
        json.WriteString("timeframe", frame);
        if (flows is not null)
        {
            json.WriteStartObject("cashflow");
            foreach (var (type, amounts) in flows)
            {
                Array(type, index => json.WriteNumberValue(amounts[index]));
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();

        void Array(string name, Action<int> write)
        {
            json.WriteStartArray(name);
            for (var index = 0; index < points.Count; index++)
            {
                write(index);
            }

            json.WriteEndArray();
        }
    }

    private static IReadOnlyCollection<string> FlowTypes(string text) => text switch
    {
        "" or "NONE" => [],
        "ALL" => ActivityEndpoints.Others,
        _ => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
    };

    // Dollars that came in since the point before, by the type of what brought them; types that brought none are left out.
    private static SortedDictionary<string, decimal[]> CashFlows(
        IReadOnlyCollection<string> types, List<Point> points, DateTimeOffset start, Activity[] activities)
    {
        var flows = new SortedDictionary<string, decimal[]>(StringComparer.Ordinal);
        var window = 0;
        foreach (var activity in activities.Where(activity => activity.At > start && activity.Own is { Cash: not 0m } own && types.Contains(own.Type)))
        {
            while (window < points.Count && points[window].ValuedAt < activity.At)
            {
                window++;
            }

            if (window == points.Count)
            {
                break;
            }

            var type = activity.Own!.Type;
            if (!flows.TryGetValue(type, out var amounts))
            {
                flows[type] = amounts = new decimal[points.Count];
            }

            amounts[window] += activity.Cash;
        }

        return flows;
    }

    // What the profit of each point counts from: the account's worth at the last close before its day.
    private static List<decimal> DailyBases(List<Point> points, DateTimeOffset start, EquityWalk worth)
    {
        var bases = new List<decimal>(points.Count);
        DateOnly? day = null;
        foreach (var point in points)
        {
            if (NewYork.DateOf(point.Stamp) is var date && date != day)
            {
                day = date;
                var before = TradingCalendar.PreviousTradingDay(date);
                var close = NewYork.At(before, TradingCalendar.CloseOf(before));
                bases.Add(worth.At(close > start ? close : start));
            }
            else
            {
                bases.Add(bases[^1]);
            }
        }

        return bases;
    }

    private static IEnumerable<Point> Points(
        DateTimeOffset start, DateTimeOffset end, DateTimeOffset now, TimeSpan step, bool continuous, bool extended)
    {
        var last = end < now ? end : now;
        if (step >= TimeSpan.FromDays(1))
        {
            for (var date = NewYork.DateOf(start); NewYork.At(date, TradingCalendar.Open) <= last; date = date.AddDays(1))
            {
                if (TradingCalendar.IsTradingDay(date) || continuous)
                {
                    var close = NewYork.Midnight(date.AddDays(1)) - TimeSpan.FromTicks(1);
                    yield return new Point(NewYork.At(date, TradingCalendar.Open), close < now ? close : now);
                }
            }

            yield break;
        }

        var first = new DateTimeOffset(start.UtcTicks - (start.UtcTicks % step.Ticks), TimeSpan.Zero);
        for (var at = first; at <= last; at += step)
        {
            if (continuous || IsReported(at, extended))
            {
                var windowEnd = at + step - TimeSpan.FromTicks(1);
                yield return new Point(at, windowEnd < now ? windowEnd : now);
            }
        }
    }

    private static bool IsReported(DateTimeOffset at, bool extended)
    {
        var local = NewYork.Local(at);
        var (date, time) = (DateOnly.FromDateTime(local.DateTime), TimeOnly.FromDateTime(local.DateTime));
        return TradingCalendar.IsTradingDay(date)
            && time >= (extended ? TradingCalendar.PreMarket : TradingCalendar.Open)
            && time < (extended ? TradingCalendar.AfterHoursEndOf(date) : TradingCalendar.CloseOf(date));
    }

    private static bool Range(IQueryCollection query, DateTimeOffset now, out DateTimeOffset start, out DateTimeOffset end)
    {
        (start, end) = (default, default);
        if (!QueryTimes.Instant(Given("start", "date_start"), out var from, NewYork.Midnight)
            || !QueryTimes.Instant(Given("end", "date_end"), out var to, NewYork.Midnight))
        {
            return false;
        }

        var period = query["period"].ToString();
        TimeSpan? length = null;
        if (period.Length > 0)
        {
            if (!int.TryParse(period[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var amount) || amount is < 1 or > 3_650)
            {
                return false;
            }

            length = period[^1] switch
            {
                'D' => TimeSpan.FromDays(amount),
                'W' => TimeSpan.FromDays(7 * amount),
                'M' => TimeSpan.FromDays(30 * amount),
                'A' => TimeSpan.FromDays(365 * amount),
                _ => null,
            };
            if (length is null || (from is not null && to is not null))
            {
                return false;
            }
        }

        var lasting = length ?? TimeSpan.FromDays(30);
        end = to ?? (from is not null && length is not null ? from.Value + lasting : now);
        start = from ?? (end - QueryTimes.First < lasting ? QueryTimes.First : end - lasting);
        return start <= end;

        string Given(string name, string legacy) => query[name].ToString() is { Length: > 0 } given ? given : query[legacy].ToString();
    }
}
