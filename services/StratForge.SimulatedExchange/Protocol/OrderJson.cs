using System.Text.Json;
using StratForge.Contracts.Orders;
using StratForge.SimulatedExchange.Market;
using StratForge.SimulatedExchange.Orders;

namespace StratForge.SimulatedExchange.Protocol;

/// <summary>The order object, the same in REST answers and stream frames.</summary>
internal static class OrderJson
{
    /// <param name="json">Where to.</param>
    /// <param name="order">The order.</param>
    /// <param name="instrument">What it trades.</param>
    /// <param name="legs">Its legs, to be written inside it; null where there are none or the list is flat.</param>
    /// <param name="onStream">Whether a stream frame is written, which has one field more.</param>
    public static void Write(Utf8JsonWriter json, Order order, Instrument instrument, IReadOnlyList<Order>? legs = null, bool onStream = false)
    {
        json.WriteStartObject();
        json.WriteString("id", order.Id);
        json.WriteString("client_order_id", order.ClientOrderId);
        json.WriteInstant("created_at", order.CreatedAt);
        json.WriteInstant("updated_at", order.UpdatedAt);
        json.WriteInstant("submitted_at", order.SubmittedAt);
        json.WriteInstant("filled_at", order.Status == OrderStatus.PartiallyFilled ? null : order.FilledAt);
        json.WriteInstant("expired_at", order.ExpiredAt);
        json.WriteInstant("expires_at", order.ExpiresAt);
        json.WriteInstant("canceled_at", order.CanceledAt);
        json.WriteNull("failed_at");
        json.WriteInstant("replaced_at", order.ReplacedAt);
        json.WriteId("replaced_by", order.ReplacedBy);
        json.WriteId("replaces", order.Replaces);
        json.WriteString("asset_id", instrument.AssetId);
        json.WriteString("symbol", order.Symbol);
        json.WriteString("asset_class", instrument.WireClass);
        json.WriteDecimal("notional", order.Notional);
        json.WriteDecimal("qty", order.Quantity);
        json.WriteDecimal("filled_qty", order.FilledQuantity);
        json.WriteDecimal("filled_avg_price", order.AveragePrice);
        json.WriteString("order_class", Wire.Text(order.Class));
        var type = Wire.Text(order.Type);
        json.WriteString("order_type", type);
        json.WriteString("type", type);
        json.WriteString("side", order.Side == Side.Buy ? "buy" : "sell");
        json.WriteString("position_intent", Wire.Intent(order.Side, order.Opens));
        json.WriteString("time_in_force", Wire.Text(order.TimeInForce));
        json.WriteDecimal("limit_price", order.LimitPrice);
        json.WriteDecimal("stop_price", order.StopPrice);
        json.WriteString("status", Wire.Text(order.Status));
        json.WriteBoolean("extended_hours", order.ExtendedHours);
        WriteLegs(json, legs, instrument, onStream);
        json.WriteDecimal("trail_percent", order.TrailPercent);
        json.WriteDecimal("trail_price", order.TrailPrice);
        json.WriteDecimal("hwm", order.BestPrice);
        json.WriteNull("subtag");
        json.WriteNull("source");
        if (onStream)
        {
            json.WriteInstant("cancel_requested_at", order.CancelRequestedAt);
        }

        json.WriteEndObject();
    }

    private static void WriteLegs(Utf8JsonWriter json, IReadOnlyList<Order>? legs, Instrument instrument, bool onStream)
    {
        if (legs is null || legs.Count == 0)
        {
            json.WriteNull("legs");
            return;
        }

        json.WriteStartArray("legs");
        foreach (var leg in legs)
        {
            Write(json, leg, instrument, legs: null, onStream);
        }

        json.WriteEndArray();
    }
}

/// <summary>Alpaca's way with values: decimals as strings, absent as null.</summary>
internal static class JsonWriting
{
    public static void WriteDecimal(this Utf8JsonWriter json, string name, decimal? value)
    {
        if (value is { } number)
        {
            json.WriteString(name, Wire.Text(number));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    public static void WriteInstant(this Utf8JsonWriter json, string name, DateTimeOffset? value)
    {
        if (value is { } instant)
        {
            json.WriteString(name, Wire.Text(instant));
        }
        else
        {
            json.WriteNull(name);
        }
    }

    public static void WriteId(this Utf8JsonWriter json, string name, Guid? value)
    {
        if (value is { } id)
        {
            json.WriteString(name, id);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    /// <summary>A number, as the market-data API writes prices: without trailing zeros.</summary>
    public static void WritePlain(this Utf8JsonWriter json, string name, decimal value) => json.WriteNumber(name, Decimals.Trimmed(value));
}
