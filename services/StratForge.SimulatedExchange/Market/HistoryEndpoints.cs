using System.Text.Json;
using StratForge.Contracts.Calendar;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Market;

/// <summary>Bars, trades, quotes and auctions of the past, page by page: symbol after symbol, and within a symbol in order of time.</summary>
internal static class HistoryEndpoints
{
    private const string Bars = "bars";
    private const string Auctions = "auctions";

    public static void MapHistory(this IEndpointRouteBuilder routes)
    {
        foreach (var kind in (string[])[Bars, "trades", "quotes", Auctions])
        {
            routes.MapGet($"/v2/stocks/{kind}", context => ReadAsync(context, kind, crypto: false, single: null));
            routes.MapGet($"/v2/stocks/{{symbol}}/{kind}", context =>
                ReadAsync(context, kind, crypto: false, (string?)context.Request.RouteValues["symbol"]));
        }

        foreach (var kind in (string[])[Bars, "trades", "quotes"])
        {
            routes.MapGet($"/v1beta3/crypto/{{loc}}/{kind}", context => ReadAsync(context, kind, crypto: true, single: null));

            // An older client of Alpaca's own still asks here.
            routes.MapGet($"/v1beta1/crypto/{kind}", context => ReadAsync(context, kind, crypto: true, single: null));
        }
    }

    /// <summary>One line of history.</summary>
    private readonly record struct Item(DateTimeOffset At, Action<Utf8JsonWriter> Write);

    private static async Task ReadAsync(HttpContext context, string kind, bool crypto, string? single)
    {
        var plan = AssetEndpoints.Options(context).Plan;
        var (query, refusal) = DataQuery.Read(context.Request.Query, single, crypto, framed: kind == Bars);
        if (query is null)
        {
            await Answers.RefuseAsync(context, refusal!);
            return;
        }

        // Prices do not change, so only the time is asked of the floor; the walk through history holds nobody up.
        var floor = context.RequestServices.GetRequiredService<TradingFloor>();
        var now = floor.Ask(view => view.Now);
        if (!crypto && FeedRules.CheckHistory(query, plan, now) is { } denied)
        {
            await Answers.RefuseAsync(context, denied);
            return;
        }

        var until = query.End ?? (crypto ? now : FeedRules.NewestOf(query, plan, now));
        var (pages, next) = Page(query, floor, kind, crypto, until, now);
        await Answers.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            if (single is not null)
            {
                json.WritePropertyName(kind);
                if (pages.Count > 0)
                {
                    WriteItems(json, pages[0].Items);
                }
                else
                {
                    json.WriteNullValue();
                }

                json.WriteString("symbol", query.Symbols[0]);
            }
            else
            {
                json.WriteStartObject(kind);
                foreach (var (symbol, items) in pages)
                {
                    json.WritePropertyName(symbol);
                    WriteItems(json, items);
                }

                json.WriteEndObject();
            }

            if (query.Currency is not null)
            {
                json.WriteString("currency", query.Currency);
            }

            json.WriteString("next_page_token", next?.ToToken());
            json.WriteEndObject();
        });
    }

    // Symbol after symbol, up to the limit over all of them.
    private static (List<(string Symbol, List<Item> Items)> Pages, PageMark? Next) Page(
        DataQuery query, TradingFloor floor, string kind, bool crypto, DateTimeOffset until, DateTimeOffset now)
    {
        var pages = new List<(string, List<Item>)>();
        var room = query.Limit;
        PageMark? last = null;
        foreach (var symbol in query.Symbols)
        {
            if ((query.After is { } after && string.CompareOrdinal(symbol, after.Symbol) < 0) || floor.Prices.Listed(symbol, crypto) is not { } instrument)
            {
                continue;
            }

            var items = new List<Item>();
            foreach (var item in Walk(query, floor, kind, instrument, until, now))
            {
                if (room == 0)
                {
                    AddPage();
                    return (pages, last);
                }

                items.Add(item);
                last = new PageMark(symbol, item.At);
                room--;
            }

            AddPage();

            void AddPage()
            {
                if (items.Count > 0)
                {
                    pages.Add((symbol, items));
                }
            }
        }

        return (pages, null);
    }

    private static IEnumerable<Item> Walk(
        DataQuery query, TradingFloor floor, string kind, Instrument instrument, DateTimeOffset until, DateTimeOffset now)
    {
        var from = query.Start ?? PriceSource.StartOf(instrument, PriceSource.DayOf(instrument, now));
        var to = until;
        if (query.After is { } mark && mark.Symbol == instrument.Symbol)
        {
            (from, to) = query.Descending
                ? (from, Min(to, mark.At - TimeSpan.FromTicks(1)))
                : (mark.At + TimeSpan.FromTicks(1), to);
        }

        return kind switch
        {
            Bars => BarHistory.Bars(floor.Prices, instrument, query.Timeframe, from, to, now, query.Descending)
                .Select(bar => new Item(bar.OpensAt, json => DataJson.WriteBar(json, bar))),
            "trades" => PriceStep.Between(floor.Prices, instrument, from, to, now, query.Descending)
                .Where(step => step.Size > 0m)
                .Select(step => new Item(step.At, json => DataJson.WriteTrade(json, instrument, step.At, step.Price, step.Size))),
            "quotes" => PriceStep.Between(floor.Prices, instrument, from, to, now, query.Descending)
                .Select(step => new Item(step.At, json => DataJson.WriteQuote(json, instrument, step.At, floor.QuoteAround(step.Price, instrument)))),
            _ => AuctionDays(floor.Prices, instrument, from, to, now, query.Descending),
        };
    }

    // The first and the last price of each regular session.
    private static IEnumerable<Item> AuctionDays(
        PriceSource prices, Instrument instrument, DateTimeOffset from, DateTimeOffset to, DateTimeOffset now, bool descending)
    {
        var (first, last) = (NewYork.DateOf(from), NewYork.DateOf(Min(to, now)));
        first = prices.DayOnOrAfter(instrument, first) ?? last.AddDays(1);
        for (var day = descending ? last : first; day >= first && day <= last; day = day.AddDays(descending ? -1 : 1))
        {
            var (date, midnight) = (day, NewYork.Midnight(day));
            var opens = NewYork.At(date, TradingCalendar.Open);
            if (midnight < from || midnight > to || !TradingCalendar.IsTradingDay(date) || opens >= now || prices.MinuteBar(instrument, opens) is not { } opening)
            {
                continue;
            }

            var closes = NewYork.At(date, TradingCalendar.CloseOf(date));
            var closing = closes <= now ? prices.LastBarBefore(instrument, closes) : null;
            yield return new Item(midnight, json =>
            {
                json.WriteString("d", date.ToString("yyyy-MM-dd"));
                DataJson.WriteAuctions(json, "o", opens, opening.Open, "O");
                DataJson.WriteAuctions(json, "c", closes, closing?.Close, "6");
            });
        }
    }

    private static DateTimeOffset Min(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static void WriteItems(Utf8JsonWriter json, List<Item> items)
    {
        json.WriteStartArray();
        foreach (var item in items)
        {
            json.WriteStartObject();
            item.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
