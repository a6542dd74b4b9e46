using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using StratForge.SimulatedExchange.Clock;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Market;

/// <summary><c>/v2/assets</c>, <c>/v2/clock</c> and <c>/v2/calendar</c>.</summary>
internal static class ReferenceEndpoints
{
    private static readonly DateOnly FirstCalendarDay = new(1970, 1, 1);
    private static readonly DateOnly LastCalendarDay = new(2029, 12, 31);

    public static void MapReference(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v2/assets", ListAssetsAsync);
        routes.MapGet("/v2/assets/{**symbol}", FindAssetAsync);
        routes.MapGet("/v2/clock", ReadClockAsync);
        routes.MapGet("/v2/calendar", ReadCalendarAsync);
    }

    private static Task ListAssetsAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var (status, exchange) = (query["status"].ToString(), query["exchange"].ToString());
        var classes = query["asset_class"].SelectMany(value => (value ?? "").Split(',')).Where(value => value.Length > 0).DefaultIfEmpty("us_equity").ToHashSet();
        var attributes = query["attributes"].ToString();
        var (prices, options) = (Prices(context), Options(context));
        var found = prices.Instruments
            .Where(instrument => status is "" or "active" or "all")
            .Where(instrument => classes.Contains("all") || classes.Contains(instrument.WireClass))
            .Where(instrument => exchange.Length == 0 || exchange == instrument.Venue)
            .Where(instrument => attributes.Length == 0 || attributes.Split(',').Intersect(AttributesOf(instrument)).Any())
            .OrderBy(instrument => instrument.WireClass, StringComparer.Ordinal)
            .ThenBy(instrument => instrument.Venue, StringComparer.Ordinal)
            .ThenBy(instrument => instrument.Symbol, StringComparer.Ordinal);
        return Answers.WriteAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var instrument in found)
            {
                WriteAsset(json, instrument, prices.Trades(instrument), options.IsFractionable(instrument.Symbol));
            }

            json.WriteEndArray();
        });
    }

    private static Task FindAssetAsync(HttpContext context)
    {
        // The slash of a pair arrives encoded, bare, or not at all.
        var symbol = Uri.UnescapeDataString((string?)context.Request.RouteValues["symbol"] ?? "");
        var (prices, options) = (Prices(context), Options(context));
        return prices.Find(symbol) is { } instrument
            ? Answers.WriteAsync(context, json => WriteAsset(json, instrument, prices.Trades(instrument), options.IsFractionable(instrument.Symbol)))
            : Answers.RefuseAsync(context, Refusals.NotFound($"asset not found for {symbol}"));
    }

    private static void WriteAsset(Utf8JsonWriter json, Instrument instrument, bool trades, bool fractionable)
    {
        var stock = !instrument.IsCrypto;
        json.WriteStartObject();
        json.WriteString("id", instrument.AssetId);
        json.WriteString("class", instrument.WireClass);
        json.WriteString("exchange", instrument.Venue);
        json.WriteString("symbol", instrument.Symbol);
        json.WriteString("name", instrument.Name);
        json.WriteString("status", "active");
        json.WriteBoolean("tradable", trades);
        json.WriteBoolean("marginable", stock);
        json.WriteBoolean("shortable", stock);
        json.WriteBoolean("easy_to_borrow", stock);
        if (stock)
        {
            json.WriteString("borrow_status", "easy_to_borrow");
        }

        json.WriteBoolean("fractionable", fractionable);
        json.WriteNumber("maintenance_margin_requirement", stock ? 30 : 100);
        json.WriteString("margin_requirement_long", stock ? "30" : "100");
        json.WriteString("margin_requirement_short", stock ? "30" : "100");
        json.WriteStartArray("attributes");
        foreach (var attribute in AttributesOf(instrument))
        {
            json.WriteStringValue(attribute);
        }

        json.WriteEndArray();
        if (!stock)
        {
            json.WriteString("min_order_size", "0.000000001");
            json.WriteString("min_trade_increment", "0.000000001");
            json.WriteDecimal("price_increment", instrument.Tick);
        }

        json.WriteEndObject();
    }

    private static string[] AttributesOf(Instrument instrument) => instrument.IsCrypto ? [] : ["fractional_eh_enabled"];

    private static Task ReadClockAsync(HttpContext context)
    {
        var (now, hours) = context.RequestServices.GetRequiredService<TradingFloor>().Ask(view => (view.Now, view.Options.Hours));
        var local = NewYork.Local(MarketClock.Truncated(now));
        var (today, time) = (DateOnly.FromDateTime(local.DateTime), TimeOnly.FromDateTime(local.DateTime));
        var tradingDay = TradingCalendar.IsTradingDay(today);
        var inSession = tradingDay && time >= TradingCalendar.Open && time < TradingCalendar.CloseOf(today);
        var nextOpen = tradingDay && time < TradingCalendar.Open ? today : TradingCalendar.NextTradingDay(today);
        var nextClose = inSession ? today : nextOpen;
        return Answers.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("timestamp", Local(local));
            json.WriteBoolean("is_open", hours == TradingHours.Always || inSession);
            json.WriteString("next_open", Local(NewYork.Local(NewYork.At(nextOpen, TradingCalendar.Open))));
            json.WriteString("next_close", Local(NewYork.Local(NewYork.At(nextClose, TradingCalendar.CloseOf(nextClose)))));
            json.WriteEndObject();
        });

        static string Local(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);
    }

    private static Task ReadCalendarAsync(HttpContext context)
    {
        if (!Date(context.Request.Query["start"], FirstCalendarDay, out var start) || !Date(context.Request.Query["end"], LastCalendarDay, out var end))
        {
            return Answers.RefuseAsync(context, Refusals.Parameter("start and end must be dates"));
        }

        (start, end) = (start < FirstCalendarDay ? FirstCalendarDay : start, end > LastCalendarDay ? LastCalendarDay : end);
        return Answers.WriteAsync(context, json =>
        {
            json.WriteStartArray();
            for (var date = start; date <= end; date = date.AddDays(1))
            {
                if (TradingCalendar.IsTradingDay(date))
                {
                    WriteDay(json, date);
                }
            }

            json.WriteEndArray();
        });
    }

    private static void WriteDay(Utf8JsonWriter json, DateOnly date)
    {
        // Trades settle on the next trading day; before May 2024 on the second.
        var settles = TradingCalendar.NextTradingDay(date);
        settles = date < new DateOnly(2024, 5, 28) ? TradingCalendar.NextTradingDay(settles) : settles;
        json.WriteStartObject();
        json.WriteString("date", date.ToString("yyyy-MM-dd"));
        json.WriteString("open", TradingCalendar.Open.ToString("HH:mm"));
        json.WriteString("close", TradingCalendar.CloseOf(date).ToString("HH:mm"));
        json.WriteString("session_open", TradingCalendar.PreMarket.ToString("HHmm"));
        json.WriteString("session_close", TradingCalendar.AfterHoursEndOf(date).ToString("HHmm"));
        json.WriteString("settlement_date", settles.ToString("yyyy-MM-dd"));
        json.WriteEndObject();
    }

    // Some clients send whole timestamps where a date is meant.
    private static bool Date(string? text, DateOnly absent, out DateOnly date)
    {
        date = absent;
        return string.IsNullOrEmpty(text)
            || DateOnly.TryParseExact(text[..Math.Min(10, text.Length)], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
    }

    private static ExchangeOptions Options(HttpContext context) => context.RequestServices.GetRequiredService<IOptions<ExchangeOptions>>().Value;

    private static PriceSource Prices(HttpContext context) => context.RequestServices.GetRequiredService<TradingFloor>().Prices;
}
