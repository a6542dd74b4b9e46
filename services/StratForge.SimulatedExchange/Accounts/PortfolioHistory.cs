using System.Globalization;
using System.Text.Json;
using StratForge.Contracts.Calendar;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Market;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Accounts;

/// <summary><c>/v2/account/portfolio/history</c>. Nothing is recorded for it: executions and prices of the past say what the account was worth.</summary>
internal static class PortfolioHistory
{
    private const int MostPoints = 50_000;

    public static void MapPortfolioHistory(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v2/account/portfolio/history", ReadAsync);

    private static Task ReadAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var floor = context.RequestServices.GetRequiredService<TradingFloor>();
        // Executions stamp themselves apart by microseconds and may run ahead of the clock; the curve ends behind the last of them.
        var (now, createdAt, startingCash, executions) = floor.Ask(view =>
            (view.Book.At > view.Now ? view.Book.At : view.Now, view.Book.CreatedAt, view.Book.StartingCash, view.Book.Executions.ToArray()));
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

        // The account has no worth before it existed.
        start = start < createdAt ? createdAt : start;
        var continuous = query["intraday_reporting"] == "continuous" || floor.Ask(view => view.Options.Hours) == TradingHours.Always;
        var extended = query["intraday_reporting"] == "extended_hours" || query["extended_hours"] == "true";
        var points = Points(start, end, now, step, continuous, extended).Take(MostPoints).ToList();
        var worth = new EquityWalk(floor.Prices, startingCash, executions);
        var baseValue = worth.At(start);
        var equity = points.ConvertAll(point => worth.At(point.ValuedAt));
        var resets = step < TimeSpan.FromDays(1) && query["pnl_reset"] != "no_reset";
        var bases = resets ? DailyBases(points, start, new EquityWalk(floor.Prices, startingCash, executions)) : points.ConvertAll(_ => baseValue);
        var showsCashflow = query["cashflow_types"].ToString() is not ("" or "NONE");
        return Answers.WriteAsync(context, json => Write(json, frame, start, baseValue, points, equity, bases, showsCashflow));
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
        bool showsCashflow)
    {
        json.WriteStartObject();
        Array("timestamp", index => json.WriteNumberValue(points[index].Stamp.ToUnixTimeSeconds()));
        Array("equity", index => json.WriteNumberValue(decimal.Round(equity[index], 2)));
        Array("profit_loss", index => json.WriteNumberValue(decimal.Round(equity[index] - bases[index], 2)));
        Array("profit_loss_pct", index => json.WriteNumberValue(bases[index] == 0m ? 0m : decimal.Round((equity[index] - bases[index]) / bases[index], 9)));
        json.WritePlain("base_value", decimal.Round(baseValue, 2));
        json.WriteString("base_value_asof", NewYork.DateOf(start).ToString("yyyy-MM-dd"));
        json.WriteString("timeframe", frame);
        if (showsCashflow)
        {
            // Nothing is paid in or out of this account.
            json.WriteStartObject("cashflow");
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
        if (!Instant(Given("start", "date_start"), out var from) || !Instant(Given("end", "date_end"), out var to))
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
        start = from ?? end - lasting;
        return start <= end;

        string Given(string name, string legacy) => query[name].ToString() is { Length: > 0 } given ? given : query[legacy].ToString();
    }

    private static bool Instant(string text, out DateTimeOffset? instant)
    {
        instant = null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            instant = NewYork.Midnight(date);
        }
        else if (DateTimeOffset.TryParse(
            text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var parsed))
        {
            instant = parsed;
        }

        return text.Length == 0 || instant is not null;
    }

    /// <summary>Values the account at rising moments, taking executions in as it passes them.</summary>
    private sealed class EquityWalk(PriceSource prices, decimal startingCash, Execution[] executions)
    {
        private readonly Dictionary<string, decimal> _units = [];
        private decimal _cash = startingCash;
        private int _next;

        public decimal At(DateTimeOffset instant)
        {
            while (_next < executions.Length && executions[_next].At <= instant)
            {
                var execution = executions[_next++];
                _cash += execution.Cash;
                _units[execution.Symbol] = _units.GetValueOrDefault(execution.Symbol) + execution.Units;
            }

            return _cash + _units.Where(held => held.Value != 0m)
                .Sum(held => held.Value * prices.PriceAt(prices.Find(held.Key)!, instant).GetValueOrDefault());
        }
    }
}
