using System.Globalization;
using System.Text.Json;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Protocol;

namespace StratForge.SimulatedExchange.Market;

/// <summary>What is told of the market beside prices: who moves most, what the codes mean, and the lists that are empty here, news and corporate actions.</summary>
internal static class ScreenerEndpoints
{
    private const int DefaultTop = 10;
    private const int MostActive = 100;
    private const int MostMovers = 50;

    public static void MapScreener(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1beta1/screener/stocks/most-actives", MostActivesAsync);
        routes.MapGet("/v1beta1/screener/stocks/movers", context => MoversAsync(context, crypto: false));
        routes.MapGet("/v1beta1/screener/crypto/movers", context => MoversAsync(context, crypto: true));
        routes.MapGet("/v1/corporate-actions", context => Empty(context, json =>
        {
            json.WriteStartObject("corporate_actions");
            json.WriteEndObject();
        }));
        routes.MapGet("/v2/stocks/meta/conditions/{kind}", ConditionsAsync);
        routes.MapGet("/v2/stocks/meta/exchanges", context => Answers.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString(DataJson.Exchange, "IEX");
            json.WriteEndObject();
        }));
    }

    /// <summary><c>/v1beta1/news</c>: nobody writes any about this market.</summary>
    public static Task ListNewsAsync(HttpContext context) => Empty(context, json =>
    {
        json.WriteStartArray("news");
        json.WriteEndArray();
    });

    /// <summary>A symbol's day beside the one before.</summary>
    private sealed record DayMove(Instrument Instrument, PriceBar Today, decimal? PreviousClose)
    {
        public decimal Change => Today.Close - PreviousClose.GetValueOrDefault();

        public decimal Percent => PreviousClose is > 0m and var previous ? Change / previous * 100m : 0m;
    }

    private static Task Empty(HttpContext context, Action<Utf8JsonWriter> list) => Answers.WriteAsync(context, json =>
    {
        json.WriteStartObject();
        list(json);
        json.WriteNull("next_page_token");
        json.WriteEndObject();
    });

    private static Task MostActivesAsync(HttpContext context)
    {
        var by = context.Request.Query["by"].ToString();
        if (by is not ("" or "volume" or "trades"))
        {
            return Answers.RefuseAsync(context, Refusals.Data($"invalid by: {by}"));
        }

        if (!Top(context, MostActive, out var top))
        {
            return Answers.RefuseAsync(context, BadTop(MostActive));
        }

        var (days, now) = Days(context, crypto: false);
        return Answers.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("most_actives");
            foreach (var day in days.OrderByDescending(day => by == "trades" ? day.Today.Trades : day.Today.Volume).Take(top))
            {
                json.WriteStartObject();
                json.WriteString("symbol", day.Instrument.Symbol);
                json.WritePlain("volume", day.Today.Volume);
                json.WriteNumber("trade_count", day.Today.Trades);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("last_updated", Wire.Text(now));
            json.WriteEndObject();
        });
    }

    private static Task MoversAsync(HttpContext context, bool crypto)
    {
        if (!Top(context, MostMovers, out var top))
        {
            return Answers.RefuseAsync(context, BadTop(MostMovers));
        }

        var (days, now) = Days(context, crypto);
        var moved = days.Where(day => day.PreviousClose is not null).OrderByDescending(day => day.Percent).ToList();
        return Answers.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            List("gainers", moved.Where(day => day.Change > 0m));
            List("losers", moved.Where(day => day.Change < 0m).Reverse());
            json.WriteString("market_type", crypto ? "crypto" : "stocks");
            json.WriteString("last_updated", Wire.Text(now));
            json.WriteEndObject();

            void List(string name, IEnumerable<DayMove> movers)
            {
                json.WriteStartArray(name);
                foreach (var mover in movers.Take(top))
                {
                    json.WriteStartObject();
                    json.WriteString("symbol", mover.Instrument.Symbol);
                    json.WritePlain("percent_change", decimal.Round(mover.Percent, 2));
                    json.WritePlain("change", decimal.Round(mover.Change, 2));
                    json.WritePlain("price", mover.Today.Close);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }
        });
    }

    private static Task ConditionsAsync(HttpContext context)
    {
        var kind = (string)context.Request.RouteValues["kind"]!;
        if (kind is not ("trade" or "quote"))
        {
            return Answers.RefuseAsync(context, Refusals.Data($"invalid ticktype: {kind}"));
        }

        if (context.Request.Query["tape"].ToString() is not ("A" or "B" or "C"))
        {
            return Answers.RefuseAsync(context, Refusals.Data("Invalid format for parameter tape: query parameter 'tape' is required and must be A, B or C"));
        }

        return Answers.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            if (kind == "quote")
            {
                json.WriteString("R", "Regular Two Sided Open");
            }
            else
            {
                json.WriteString("@", "Regular Sale");
                json.WriteString("O", "Opening Prints");
                json.WriteString("6", "Closing Prints");
            }

            json.WriteEndObject();
        });
    }

    // Days that have a bar, of symbols that trade here.
    private static (List<DayMove> Days, DateTimeOffset Now) Days(HttpContext context, bool crypto)
    {
        var floor = context.RequestServices.GetRequiredService<TradingFloor>();
        var now = floor.Ask(view => view.Now);
        var days = new List<DayMove>();
        foreach (var instrument in floor.Prices.Instruments.Where(instrument => instrument.IsCrypto == crypto && floor.Prices.Trades(instrument)))
        {
            var today = PriceSource.DayOf(instrument, now);
            if (floor.Prices.DayBar(instrument, today, PriceSource.MinuteOf(now)) is { } bar)
            {
                var before = floor.Prices.DayOnOrBefore(instrument, today.AddDays(-1));
                var previous = before is { } day ? floor.Prices.DayBar(instrument, day, PriceSource.MinuteOf(now)) : null;
                days.Add(new DayMove(instrument, bar, previous?.Close));
            }
        }

        return (days, now);
    }

    private static bool Top(HttpContext context, int most, out int top)
    {
        top = DefaultTop;
        var text = context.Request.Query["top"].ToString();
        return text.Length == 0 || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out top) && top >= 1 && top <= most);
    }

    private static Refusal BadTop(int most) => Refusals.Data($"invalid top: must be between 1 and {most}");
}
