using System.Text.Json;
using StratForge.Contracts.Market;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Protocol;
using FloorView = StratForge.SimulatedExchange.Floor.TradingFloor.FloorView;

namespace StratForge.SimulatedExchange.Market;

/// <summary>Market data for stocks and crypto: latest values, order books, snapshots.</summary>
internal static class DataEndpoints
{
    public static void MapMarketData(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v2/stocks/snapshots", context => SnapshotsAsync(context, crypto: false));
        routes.MapGet("/v2/stocks/{symbol}/snapshot", SnapshotAsync);
        routes.MapGet("/v1beta3/crypto/{loc}/snapshots", context => SnapshotsAsync(context, crypto: true));
        routes.MapGet("/v1beta3/crypto/{loc}/latest/orderbooks", OrderBooksAsync);

        // An older client of Alpaca's own still asks here.
        routes.MapGet("/v1beta1/stocks/snapshots", context => SnapshotsAsync(context, crypto: false));
        routes.MapGet("/v1beta1/crypto/snapshots", context => SnapshotsAsync(context, crypto: true));
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

    private static async Task LatestAsync(HttpContext context, Latest kind, bool crypto)
    {
        var (views, refusal) = LookAtAll(context, crypto);
        if (views is null)
        {
            await Answers.RefuseAsync(context, refusal!);
            return;
        }

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
        var (looks, refusal) = LookAtAll(context, crypto);
        if (looks is null)
        {
            await Answers.RefuseAsync(context, refusal!);
            return;
        }

        var floor = Floor(context);
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
        refusal ??= FeedRules.CheckLatest(context.Request.Query["feed"].ToString(), AssetEndpoints.Options(context).Plan);
        if (refusal is not null)
        {
            return (null, refusal);
        }

        var floor = Floor(context);
        return floor.Prices.Listed(symbols![0], crypto: false) is { } instrument
            && floor.Ask(view => Look(view, instrument)) is { HasPrice: true } look
            ? (look, null)
            : (null, new Refusal(404, null, $"no data found for {symbols[0]}"));
    }

    // Symbols that nobody knows, or that have no price yet, are left out.
    private static (List<LatestLook>? Looks, Refusal? Refusal) LookAtAll(HttpContext context, bool crypto)
    {
        var (symbols, refusal) = DataQuery.ReadSymbols(context.Request.Query, null, crypto);
        refusal ??= crypto ? null : FeedRules.CheckLatest(context.Request.Query["feed"].ToString(), AssetEndpoints.Options(context).Plan);
        return refusal is not null ? (null, refusal)
            : (Floor(context).Ask(view => symbols!.Select(symbol => view.Prices.Listed(symbol, crypto)).OfType<Instrument>()
                .Select(instrument => Look(view, instrument)).Where(look => look.HasPrice).ToList()), null);
    }

    private static async Task OrderBooksAsync(HttpContext context)
    {
        var (looks, refusal) = LookAtAll(context, crypto: true);
        if (looks is null)
        {
            await Answers.RefuseAsync(context, refusal!);
            return;
        }

        await Answers.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("orderbooks");
            foreach (var look in looks)
            {
                json.WriteStartObject(look.Instrument.Symbol);
                DataJson.WriteBook(json, look.Instrument, look.MovedAt, look.Quote.GetValueOrDefault());
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private static LatestLook Look(FloorView view, Instrument instrument) =>
        new(instrument, view.Now, view.LastPrice(instrument), view.Quote(instrument), view.Prices.LastBarBefore(instrument, PriceSource.MinuteOf(view.Now)));

    /// <summary>A symbol at one moment.</summary>
    private sealed record LatestLook(
        Instrument Instrument, DateTimeOffset Now, decimal? Price, Trading.Matching.TopOfBook? Quote, PriceBar? Bar)
    {
        public bool HasPrice => Price is not null;

        // The last move of the price was at the quarter minute before now.
        public DateTimeOffset MovedAt => new(Now.UtcTicks - (Now.UtcTicks % Trading.Matching.BarPath.Step.Ticks), TimeSpan.Zero);

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
