using System.Text.Json;
using Microsoft.Extensions.Options;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Market;

/// <summary><c>/v2/assets</c>: what trades here. And the lists of what does not: option contracts and corporate actions.</summary>
internal static class AssetEndpoints
{
    public static void MapAssets(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v2/assets", ListAsync);
        routes.MapGet("/v2/assets/{**symbol}", FindAsync);
        routes.MapGet("/v2/options/contracts", context => Answers.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("option_contracts");
            json.WriteEndArray();
            json.WriteNull("next_page_token");
            json.WriteEndObject();
        }));
        routes.MapGet("/v2/options/contracts/{contract}", context =>
            Answers.RefuseAsync(context, Refusals.NotFound($"option contract not found for {context.Request.RouteValues["contract"]}")));
        routes.MapGet("/v2/corporate_actions/announcements", context => Answers.WriteAsync(context, json =>
        {
            json.WriteStartArray();
            json.WriteEndArray();
        }));
    }

    private static Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var (status, exchange) = (query["status"].ToString(), query["exchange"].ToString());
        var classes = query["asset_class"].SelectMany(value => (value ?? "").Split(',')).Where(value => value.Length > 0).DefaultIfEmpty("us_equity").ToHashSet();
        var attributes = query["attributes"].ToString();
        var (prices, options) = (Prices(context), Options(context));
        var found = prices.Instruments
            .Where(_ => status is "" or "active" or "all")
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
                Write(json, instrument, prices, options);
            }

            json.WriteEndArray();
        });
    }

    private static Task FindAsync(HttpContext context)
    {
        // The slash of a pair arrives encoded, bare, or not at all.
        var symbol = Uri.UnescapeDataString((string?)context.Request.RouteValues["symbol"] ?? "");
        var (prices, options) = (Prices(context), Options(context));
        return prices.Find(symbol) is { } instrument
            ? Answers.WriteAsync(context, json => Write(json, instrument, prices, options))
            : Answers.RefuseAsync(context, Refusals.NotFound($"asset not found for {symbol}"));
    }

    /// <summary>The asset object, as lists of assets and watchlists show it.</summary>
    public static void Write(Utf8JsonWriter json, Instrument instrument, PriceSource prices, ExchangeOptions options)
    {
        var stock = !instrument.IsCrypto;
        json.WriteStartObject();
        json.WriteString("id", instrument.AssetId);
        json.WriteString("class", instrument.WireClass);
        json.WriteString("exchange", instrument.Venue);
        json.WriteString("symbol", instrument.Symbol);
        json.WriteString("name", instrument.Name);
        json.WriteString("status", "active");
        json.WriteBoolean("tradable", prices.Trades(instrument));
        json.WriteBoolean("marginable", stock);
        json.WriteBoolean("shortable", stock);
        json.WriteBoolean("easy_to_borrow", stock);
        if (stock)
        {
            json.WriteString("borrow_status", "easy_to_borrow");
        }

        json.WriteBoolean("fractionable", options.IsFractionable(instrument.Symbol));
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

    public static ExchangeOptions Options(HttpContext context) => context.RequestServices.GetRequiredService<IOptions<ExchangeOptions>>().Value;

    private static PriceSource Prices(HttpContext context) => context.RequestServices.GetRequiredService<TradingFloor>().Prices;
}
