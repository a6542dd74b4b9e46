using System.Text.Json;
using StratForge.Contracts.Market;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Protocol;
using FloorView = StratForge.SimulatedExchange.Floor.TradingFloor.FloorView;

namespace StratForge.SimulatedExchange.Market;

/// <summary>Market data for stocks and crypto: history, latest values, snapshots.</summary>
internal static class DataEndpoints
{
    public static void MapMarketData(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v2/stocks/bars", context => BarsAsync(context, crypto: false, single: null));
        routes.MapGet("/v2/stocks/snapshots", context => SnapshotsAsync(context, crypto: false));
        routes.MapGet("/v2/stocks/{symbol}/bars", context => BarsAsync(context, crypto: false, Symbol(context)));
        routes.MapGet("/v2/stocks/{symbol}/snapshot", SnapshotAsync);
        routes.MapGet("/v1beta3/crypto/{loc}/bars", context => BarsAsync(context, crypto: true, single: null));
        routes.MapGet("/v1beta3/crypto/{loc}/snapshots", context => SnapshotsAsync(context, crypto: true));
        foreach (var kind in Enum.GetValues<Latest>())
        {
            var name = kind.ToString().ToLowerInvariant() + "s";
            routes.MapGet($"/v2/stocks/{name}/latest", context => LatestAsync(context, kind, crypto: false));
            routes.MapGet($"/v2/stocks/{{symbol}}/{name}/latest", context => LatestOfOneAsync(context, kind));
            routes.MapGet($"/v1beta3/crypto/{{loc}}/latest/{name}", context => LatestAsync(context, kind, crypto: true));
        }
    }

    private enum Latest
    {
        Bar,
        Trade,
        Quote,
    }

    private static string? Symbol(HttpContext context) => (string?)context.Request.RouteValues["symbol"];

    private static TradingFloor Floor(HttpContext context) => context.RequestServices.GetRequiredService<TradingFloor>();

    private static Instrument? Listed(TradingFloor floor, string symbol, bool crypto) =>
        floor.Prices.Find(symbol) is { } instrument && instrument.Symbol == symbol && instrument.IsCrypto == crypto ? instrument : null;

    private static async Task BarsAsync(HttpContext context, bool crypto, string? single)
    {
        var (query, refusal) = DataQuery.Read(context.Request.Query, single, crypto);
        if (query is null)
        {
            await Answers.RefuseAsync(context, refusal!);
            return;
        }

        // Prices do not change, so only the time is asked of the floor; the walk through history holds nobody up.
        var floor = Floor(context);
        var (pages, next) = Page(query, floor, floor.Ask(view => view.Now), crypto);
        await Answers.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            if (single is not null)
            {
                json.WritePropertyName("bars");
                if (pages.Count > 0)
                {
                    WriteBars(json, pages[0].Bars);
                }
                else
                {
                    json.WriteNullValue();
                }

                json.WriteString("symbol", query.Symbols[0]);
            }
            else
            {
                json.WriteStartObject("bars");
                foreach (var (symbol, bars) in pages)
                {
                    json.WritePropertyName(symbol);
                    WriteBars(json, bars);
                }

                json.WriteEndObject();
            }

            json.WriteString("next_page_token", next?.ToToken());
            json.WriteEndObject();
        });
    }

    // Symbol after symbol, up to the limit over all of them.
    private static (List<(string Symbol, List<PriceBar> Bars)> Pages, PageMark? Next) Page(
        DataQuery query, TradingFloor floor, DateTimeOffset now, bool crypto)
    {
        var pages = new List<(string, List<PriceBar>)>();
        var room = query.Limit;
        PageMark? last = null;
        foreach (var symbol in query.Symbols)
        {
            if ((query.After is { } after && string.CompareOrdinal(symbol, after.Symbol) < 0) || Listed(floor, symbol, crypto) is not { } instrument)
            {
                continue;
            }

            var bars = new List<PriceBar>();
            foreach (var bar in Walk(query, floor, instrument, now))
            {
                if (room == 0)
                {
                    AddPage();
                    return (pages, last);
                }

                bars.Add(bar);
                last = new PageMark(symbol, bar.OpensAt);
                room--;
            }

            AddPage();

            void AddPage()
            {
                if (bars.Count > 0)
                {
                    pages.Add((symbol, bars));
                }
            }
        }

        return (pages, null);
    }

    private static IEnumerable<PriceBar> Walk(DataQuery query, TradingFloor floor, Instrument instrument, DateTimeOffset now)
    {
        var from = query.Start ?? PriceSource.StartOf(instrument, PriceSource.DayOf(instrument, now));
        var to = query.End ?? now;
        if (query.After is { } mark && mark.Symbol == instrument.Symbol)
        {
            (from, to) = query.Descending
                ? (from, Min(to, mark.OpensAt - TimeSpan.FromTicks(1)))
                : (mark.OpensAt + TimeSpan.FromTicks(1), to);
        }

        return BarHistory.Bars(floor.Prices, instrument, query.Timeframe, from, to, now, query.Descending);
    }

    private static DateTimeOffset Min(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static void WriteBars(Utf8JsonWriter json, List<PriceBar> bars)
    {
        json.WriteStartArray();
        foreach (var bar in bars)
        {
            json.WriteStartObject();
            DataJson.WriteBar(json, bar);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static async Task LatestAsync(HttpContext context, Latest kind, bool crypto)
    {
        var (symbols, refusal) = DataQuery.ReadSymbols(context.Request.Query, null, crypto);
        if (symbols is null)
        {
            await Answers.RefuseAsync(context, refusal!);
            return;
        }

        var floor = Floor(context);
        var views = floor.Ask(view => symbols.Select(symbol => Listed(floor, symbol, crypto)).OfType<Instrument>()
            .Select(instrument => Look(view, instrument)).Where(look => look.HasPrice).ToList());
        await Answers.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject(kind.ToString().ToLowerInvariant() + "s");
            foreach (var look in views)
            {
                json.WriteStartObject(look.Instrument.Symbol);
                look.Write(json, kind);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private static async Task LatestOfOneAsync(HttpContext context, Latest kind)
    {
        var (look, refusal) = LookAtOne(context);
        if (look is null)
        {
            await Answers.RefuseAsync(context, refusal!);
            return;
        }

        await Answers.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("symbol", look.Instrument.Symbol);
            json.WriteStartObject(kind.ToString().ToLowerInvariant());
            look.Write(json, kind);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private static async Task SnapshotsAsync(HttpContext context, bool crypto)
    {
        var (symbols, refusal) = DataQuery.ReadSymbols(context.Request.Query, null, crypto);
        if (symbols is null)
        {
            await Answers.RefuseAsync(context, refusal!);
            return;
        }

        var floor = Floor(context);
        var looks = floor.Ask(view => symbols.Select(symbol => Listed(floor, symbol, crypto)).OfType<Instrument>()
            .Select(instrument => Look(view, instrument)).Where(look => look.HasPrice).ToList());
        await Answers.WriteAsync(context, json =>
        {
            // Crypto snapshots come in a wrapper, those of stocks do not.
            json.WriteStartObject();
            if (crypto)
            {
                json.WriteStartObject("snapshots");
            }

            foreach (var look in looks)
            {
                json.WriteStartObject(look.Instrument.Symbol);
                look.WriteSnapshot(json, floor.Prices);
                json.WriteEndObject();
            }

            if (crypto)
            {
                json.WriteEndObject();
            }

            json.WriteEndObject();
        });
    }

    private static async Task SnapshotAsync(HttpContext context)
    {
        var (look, refusal) = LookAtOne(context);
        if (look is null)
        {
            await Answers.RefuseAsync(context, refusal!);
            return;
        }

        await Answers.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("symbol", look.Instrument.Symbol);
            look.WriteSnapshot(json, Floor(context).Prices);
            json.WriteEndObject();
        });
    }

    private static (LatestLook? Look, Refusal? Refusal) LookAtOne(HttpContext context)
    {
        var (symbols, refusal) = DataQuery.ReadSymbols(context.Request.Query, Symbol(context), crypto: false);
        if (symbols is null)
        {
            return (null, refusal);
        }

        var floor = Floor(context);
        return Listed(floor, symbols[0], crypto: false) is { } instrument
            && floor.Ask(view => Look(view, instrument)) is { HasPrice: true } look
            ? (look, null)
            : (null, new Refusal(404, null, $"no data found for {symbols[0]}"));
    }

    private static LatestLook Look(FloorView view, Instrument instrument) =>
        new(instrument, view.Now, view.LastPrice(instrument), view.Quote(instrument), view.Prices.LastBarBefore(instrument, PriceSource.MinuteOf(view.Now)));

    /// <summary>A symbol at one moment.</summary>
    private sealed record LatestLook(
        Instrument Instrument, DateTimeOffset Now, decimal? Price, Trading.Matching.TopOfBook? Quote, PriceBar? Bar)
    {
        public bool HasPrice => Price is not null;

        // The last move of the price was at the quarter minute before now.
        private DateTimeOffset MovedAt => new(Now.UtcTicks - (Now.UtcTicks % Trading.Matching.BarPath.Step.Ticks), TimeSpan.Zero);

        public void Write(Utf8JsonWriter json, Latest kind)
        {
            switch (kind)
            {
                case Latest.Bar when Bar is { } bar:
                    DataJson.WriteBar(json, bar);
                    break;
                case Latest.Trade:
                    DataJson.WriteTrade(json, Instrument, MovedAt, Price.GetValueOrDefault(), DataJson.SizeOf(Instrument));
                    break;
                case Latest.Quote:
                    DataJson.WriteQuote(json, Instrument, MovedAt, Quote.GetValueOrDefault());
                    break;
                default:
                    break;
            }
        }

        public void WriteSnapshot(Utf8JsonWriter json, PriceSource prices)
        {
            Section("latestTrade", () => Write(json, Latest.Trade));
            Section("latestQuote", () => Write(json, Latest.Quote));
            var today = PriceSource.DayOf(Instrument, Now);
            var day = prices.DayBar(Instrument, today, PriceSource.MinuteOf(Now));
            var previous = prices.DayOnOrBefore(Instrument, today.AddDays(-1)) is { } before
                ? prices.DayBar(Instrument, before, PriceSource.MinuteOf(Now))
                : null;
            BarSection("minuteBar", Bar);
            BarSection("dailyBar", day);
            BarSection("prevDailyBar", previous);

            void BarSection(string name, PriceBar? bar)
            {
                if (bar is { } known)
                {
                    Section(name, () => DataJson.WriteBar(json, known));
                }
                else
                {
                    json.WriteNull(name);
                }
            }

            void Section(string name, Action write)
            {
                json.WriteStartObject(name);
                write();
                json.WriteEndObject();
            }
        }
    }
}
