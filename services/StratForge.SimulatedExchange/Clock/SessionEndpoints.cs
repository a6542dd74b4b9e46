using System.Globalization;
using System.Text.Json;
using StratForge.Contracts.Calendar;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Clock;

/// <summary>The clock and the calendar of New York's stock exchanges, in both of Alpaca's versions.</summary>
internal static class SessionEndpoints
{
    private static readonly DateOnly FirstCalendarDay = new(1970, 1, 1);
    private static readonly DateOnly LastCalendarDay = new(2029, 12, 31);

    // Markets that keep New York's calendar, by each name a caller may use.
    private static readonly (string Acronym, string Name, string Mic)[] Markets =
    [
        ("NASDAQ", "Nasdaq Stock Market", "XNAS"),
        ("NYSE", "New York Stock Exchange", "XNYS"),
    ];

    public static void MapSessions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v2/clock", ReadClockAsync);
        routes.MapGet("/v2/calendar", ReadCalendarAsync);
        routes.MapGet("/v3/clock", ReadClocksAsync);
        routes.MapGet("/v3/calendar/{market}", ReadCalendarOfAsync);
    }

    private static Task ReadClockAsync(HttpContext context)
    {
        var (now, hours) = context.RequestServices.GetRequiredService<TradingFloor>().Ask(view => (view.Now, view.Options.Hours));
        var at = MarketClock.Truncated(now);
        var moment = SessionMoment.Of(at);
        return Answers.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("timestamp", Local(at));
            json.WriteBoolean("is_open", hours == TradingHours.Always || moment.Phase == "core");
            json.WriteString("next_open", Local(moment.NextOpen));
            json.WriteString("next_close", Local(moment.NextClose));
            json.WriteEndObject();
        });
    }

    private static Task ReadClocksAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var wanted = query["markets"].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToList();
        if (wanted.FirstOrDefault(name => Find(name) is null) is { } unknown)
        {
            return Answers.RefuseAsync(context, UnknownMarket(unknown));
        }

        if (!QueryTimes.Instant(query["time"], out var asked))
        {
            return Answers.RefuseAsync(context, Refusals.Parameter("time must be an RFC 3339 timestamp"));
        }

        var at = asked ?? MarketClock.Truncated(context.RequestServices.GetRequiredService<TradingFloor>().Ask(view => view.Now));
        var moment = SessionMoment.Of(at);
        return Answers.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("clocks");
            foreach (var market in Markets.Where(market => wanted.Count == 0 || wanted.Exists(name => Find(name) == market)))
            {
                json.WriteStartObject();
                WriteMarket(json, market);
                json.WriteString("timestamp", Local(at));
                json.WriteBoolean("is_market_day", moment.IsMarketDay);
                json.WriteString("phase", moment.Phase);
                json.WriteString("phase_until", Local(moment.PhaseUntil));
                json.WriteString("next_market_open", Local(moment.NextOpen));
                json.WriteString("next_market_close", Local(moment.NextClose));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static Task ReadCalendarAsync(HttpContext context) => Dates(context.Request.Query, out var start, out var end)
        ? Answers.WriteAsync(context, json =>
        {
            // By day of settlement, a trading day counts by the day on which its trades settle.
            var bySettlement = string.Equals(context.Request.Query["date_type"], "SETTLEMENT", StringComparison.OrdinalIgnoreCase);
            json.WriteStartArray();
            for (var date = bySettlement ? start.AddDays(-7) : start; date <= end; date = date.AddDays(1))
            {
                if (TradingCalendar.IsTradingDay(date) && (!bySettlement || (TradingCalendar.SettlementOf(date) is var settles && settles >= start && settles <= end)))
                {
                    WriteDay(json, date);
                }
            }

            json.WriteEndArray();
        })
        : Answers.RefuseAsync(context, Refusals.Parameter("start and end must be dates"));

    private static void WriteDay(Utf8JsonWriter json, DateOnly date)
    {
        json.WriteStartObject();
        json.WriteString("date", date.ToString("yyyy-MM-dd"));
        json.WriteString("open", TradingCalendar.Open.ToString("HH:mm"));
        json.WriteString("close", TradingCalendar.CloseOf(date).ToString("HH:mm"));
        json.WriteString("session_open", TradingCalendar.PreMarket.ToString("HHmm"));
        json.WriteString("session_close", TradingCalendar.AfterHoursEndOf(date).ToString("HHmm"));
        json.WriteString("settlement_date", TradingCalendar.SettlementOf(date).ToString("yyyy-MM-dd"));
        json.WriteEndObject();
    }

    private static Task ReadCalendarOfAsync(HttpContext context)
    {
        var name = (string)context.Request.RouteValues["market"]!;
        if (Find(name) is not { } market)
        {
            return Answers.RefuseAsync(context, UnknownMarket(name));
        }

        if (!Dates(context.Request.Query, out var start, out var end))
        {
            return Answers.RefuseAsync(context, Refusals.Parameter("start and end must be dates"));
        }

        var utc = context.Request.Query["timezone"] == "UTC";
        return Answers.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            WriteMarket(json, market);
            json.WriteStartArray("calendar");
            for (var date = start; date <= end; date = date.AddDays(1))
            {
                if (!TradingCalendar.IsTradingDay(date))
                {
                    continue;
                }

                json.WriteStartObject();
                json.WriteString("date", date.ToString("yyyy-MM-dd"));
                Time("core_start", TradingCalendar.Open);
                Time("core_end", TradingCalendar.CloseOf(date));
                Time("pre_start", TradingCalendar.PreMarket);
                Time("pre_end", TradingCalendar.Open);
                Time("post_start", TradingCalendar.CloseOf(date));
                Time("post_end", TradingCalendar.AfterHoursEndOf(date));
                json.WriteString("settlement_date", TradingCalendar.SettlementOf(date).ToString("yyyy-MM-dd"));
                json.WriteEndObject();

                void Time(string key, TimeOnly time)
                {
                    var at = NewYork.At(date, time);
                    json.WriteString(key, utc ? Wire.Text(at) : Local(at));
                }
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static void WriteMarket(Utf8JsonWriter json, (string Acronym, string Name, string Mic) market)
    {
        json.WriteStartObject("market");
        json.WriteString("acronym", market.Acronym);
        json.WriteString("name", market.Name);
        json.WriteString("mic", market.Mic);
        json.WriteString("timezone", "America/New_York");
        json.WriteEndObject();
    }

    private static (string Acronym, string Name, string Mic)? Find(string name)
    {
        foreach (var market in Markets)
        {
            if (name == market.Acronym || name == market.Mic)
            {
                return market;
            }
        }

        return null;
    }

    private static Refusal UnknownMarket(string name) => Refusals.Parameter($"invalid market: {name}. markets are {string.Join(", ", Markets.Select(market => market.Acronym))}");

    private static string Local(DateTimeOffset at) => NewYork.Local(at).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);

    private static bool Dates(IQueryCollection query, out DateOnly start, out DateOnly end)
    {
        var read = QueryTimes.Day(query["start"], out var first) & QueryTimes.Day(query["end"], out var last);
        (start, end) = (first ?? FirstCalendarDay, last < LastCalendarDay ? last.Value : LastCalendarDay);
        return read;
    }
}
