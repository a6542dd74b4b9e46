using System.Globalization;
using System.Text.Json;
using StratForge.Contracts.Orders;
using StratForge.SimulatedExchange.Floor;
using StratForge.SimulatedExchange.Market;
using StratForge.SimulatedExchange.Orders;
using StratForge.SimulatedExchange.Protocol;
using FloorView = StratForge.SimulatedExchange.Floor.TradingFloor.FloorView;

namespace StratForge.SimulatedExchange.Accounts;

/// <summary><c>/v2/positions</c>.</summary>
internal static class PositionEndpoints
{
    public static void MapPositions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v2/positions", ListAsync);
        routes.MapDelete("/v2/positions", CloseAllAsync);
        routes.MapGet("/v2/positions/{**symbol}", FindAsync);
        routes.MapDelete("/v2/positions/{**symbol}", CloseAsync);
    }

    private static TradingFloor Floor(HttpContext context) => context.RequestServices.GetRequiredService<TradingFloor>();

    private static string Symbol(HttpContext context) => Uri.UnescapeDataString((string?)context.Request.RouteValues["symbol"] ?? "");

    private static Task ListAsync(HttpContext context)
    {
        var views = Floor(context).Ask(view => view.Book.Positions.Select(position => PositionView.Of(view, position)).ToList());
        return Answers.WriteAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var view in views)
            {
                view.Write(json);
            }

            json.WriteEndArray();
        });
    }

    private static Task FindAsync(HttpContext context)
    {
        var symbol = Symbol(context);
        var (known, found) = Floor(context).Ask(view => view.Prices.Find(symbol) is not { } instrument
            ? (false, null)
            : (true, view.Book.PositionIn(instrument.Symbol) is { } position ? PositionView.Of(view, position) : null));
        return !known ? Answers.RefuseAsync(context, Refusals.NotFound($"symbol not found: {symbol}"))
            : found is null ? Answers.RefuseAsync(context, Refusals.NoPosition)
            : Answers.WriteAsync(context, found.Write);
    }

    private static Task CloseAsync(HttpContext context)
    {
        var symbol = Symbol(context);
        var query = context.Request.Query;
        if (!Number(query["qty"], out var quantity) || !Number(query["percentage"], out var percentage))
        {
            return Answers.RefuseAsync(context, Refusals.Parameter("qty and percentage must be numbers"));
        }

        if (quantity is not null && percentage is not null)
        {
            return Answers.RefuseAsync(context, Refusals.Parameter("only one of qty or percentage is accepted"));
        }

        if (quantity <= 0m || percentage is <= 0m or > 100m)
        {
            return Answers.RefuseAsync(context, Refusals.Parameter(quantity is null ? "percentage must be > 0 and <= 100" : "qty must be > 0"));
        }

        var outcome = Floor(context).Do<OrderOutcome>((view, draft) =>
            view.Prices.Find(symbol) is not { } instrument ? new OrderOutcome.Refused(Refusals.NotFound($"symbol not found: {symbol}"))
            : view.Book.PositionIn(instrument.Symbol) is not { } position ? new OrderOutcome.Refused(Refusals.NoPosition)
            : Close(view, draft, instrument, position, quantity ?? PartOf(position.Quantity, percentage ?? 100m)));
        return OrderEndpoints.AnswerAsync(context, outcome);
    }

    private static Task CloseAllAsync(HttpContext context)
    {
        var cancelsOrders = string.Equals(context.Request.Query["cancel_orders"], "true", StringComparison.OrdinalIgnoreCase);
        var floor = Floor(context);
        var outcomes = floor.Do((view, draft) =>
        {
            // Cancels settle before the first closing order, so none of them is refused for units another one holds.
            if (cancelsOrders)
            {
                OrderDesk.CancelAll(view, draft);
            }

            return view.Book.Positions.ToList().ConvertAll(position =>
            {
                var instrument = view.Prices.Find(position.Symbol)!;
                return (instrument, Close(view, draft, instrument, position, decimal.Abs(position.Quantity)));
            });
        });
        return Answers.WriteAsync(context, StatusCodes.Status207MultiStatus, json =>
        {
            json.WriteStartArray();
            foreach (var (instrument, outcome) in outcomes)
            {
                json.WriteStartObject();
                json.WriteString("symbol", instrument.CompactSymbol);
                json.WriteNumber("status", outcome is OrderOutcome.Refused(var refusal) ? refusal.Status : StatusCodes.Status200OK);
                json.WritePropertyName("body");
                if (outcome is OrderOutcome.Done(var order, _))
                {
                    OrderJson.Write(json, order, instrument);
                }
                else if (outcome is OrderOutcome.Refused(var reason))
                {
                    Answers.WriteRefusal(json, reason);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private static OrderOutcome Close(FloorView view, Draft draft, Instrument instrument, Position position, decimal quantity)
    {
        var request = new OrderRequest(
            instrument.Symbol,
            quantity,
            null,
            position.Quantity > 0m ? Side.Sell : Side.Buy,
            OrderType.Market,
            instrument.IsCrypto ? TimeInForce.Gtc : TimeInForce.Day,
            null,
            ExtendedHours: false,
            ClientOrderId: null);
        return OrderDesk.Submit(view, draft, request);
    }

    // A part of a whole position stays whole; only a fractional position is sold in fractions.
    private static decimal PartOf(decimal held, decimal percentage)
    {
        var size = decimal.Abs(held);
        var part = decimal.Round(size * percentage / 100m, 9, MidpointRounding.ToZero);
        return size == decimal.Truncate(size) ? decimal.Max(1m, decimal.Truncate(part)) : part;
    }

    private static bool Number(string? text, out decimal? number)
    {
        number = decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;
        return string.IsNullOrEmpty(text) || number is not null;
    }
}

/// <summary>A position with the prices of one moment.</summary>
internal sealed record PositionView(Position Position, Instrument Instrument, decimal Available, decimal Price, decimal? LastDayPrice, bool OpenedToday)
{
    public static PositionView Of(FloorView view, Position position)
    {
        var instrument = view.Prices.Find(position.Symbol)!;
        var today = PriceSource.DayOf(instrument, view.Now);
        var lastDay = view.Prices.DayOnOrBefore(instrument, today.AddDays(-1)) is { } day
            ? view.Prices.DayBar(instrument, day, view.Now)?.Close
            : null;
        return new PositionView(
            position,
            instrument,
            decimal.Abs(position.Quantity) - view.Book.HeldUnits(position.Symbol),
            view.LastPrice(instrument).GetValueOrDefault(),
            lastDay,
            PriceSource.DayOf(instrument, position.OpenedAt) == today);
    }

    public void Write(Utf8JsonWriter json)
    {
        var quantity = Position.Quantity;
        var cost = quantity * Position.AveragePrice;
        var value = quantity * Price;
        var dayBase = OpenedToday || LastDayPrice is null ? Position.AveragePrice : LastDayPrice.Value;
        var dayProfit = quantity * (Price - dayBase);
        json.WriteStartObject();
        json.WriteString("asset_id", Instrument.AssetId);
        json.WriteString("symbol", Instrument.CompactSymbol);
        json.WriteString("exchange", Instrument.Venue);
        json.WriteString("asset_class", Instrument.WireClass);
        json.WriteBoolean("asset_marginable", !Instrument.IsCrypto);
        json.WriteDecimal("qty", quantity);
        json.WriteDecimal("qty_available", quantity < 0m ? -Available : Available);
        json.WriteString("side", quantity < 0m ? "short" : "long");
        Rounded("avg_entry_price", Position.AveragePrice, 6);
        Rounded("cost_basis", cost, 6);
        Rounded("market_value", value, 6);
        Rounded("unrealized_pl", value - cost, 6);
        Rounded("unrealized_plpc", cost == 0m ? 0m : (value - cost) / decimal.Abs(cost), 5);
        Rounded("unrealized_intraday_pl", dayProfit, 6);
        Rounded("unrealized_intraday_plpc", dayProfit / decimal.Abs(quantity * dayBase), 5);
        json.WriteDecimal("current_price", Price);
        json.WriteDecimal("lastday_price", LastDayPrice);
        Rounded("change_today", LastDayPrice is { } last ? (Price - last) / last : 0m, 5);
        json.WriteEndObject();

        void Rounded(string name, decimal number, int decimals) => json.WriteDecimal(name, decimal.Round(number, decimals));
    }
}
