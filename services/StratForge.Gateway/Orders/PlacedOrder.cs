using System.Buffers;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using StratForge.Gateway.Hosting;

namespace StratForge.Gateway.Orders;

/// <summary>201: an order was taken in, and this is how it stands.</summary>
/// <remarks>The busiest answer there is, so its JSON is spelled out: what the serializer would write, in a fifth of its time.</remarks>
internal sealed class PlacedOrder(TradeOrder order) : IResult, IEndpointMetadataProvider, IStatusCodeHttpResult
{
    private const string Json = "application/json";
    private const string ContentType = "application/json; charset=utf-8";

    // Most orders take some 900 bytes.
    private const int UsualLength = 1024;

    private static readonly JsonWriterOptions s_writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public int? StatusCode => StatusCodes.Status201Created;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status201Created, typeof(TradeOrder), [Json]));

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var text = new ArrayBufferWriter<byte>(UsualLength);
        await using (var json = new Utf8JsonWriter(text, s_writing))
        {
            Write(json, order);
        }

        var response = httpContext.Response;
        response.StatusCode = StatusCodes.Status201Created;
        response.Headers.Location = $"/trade/orders/{order.Id}";
        response.ContentType = ContentType;
        response.ContentLength = text.WrittenCount;
        await response.BodyWriter.WriteAsync(text.WrittenMemory, httpContext.RequestAborted);
    }

    /// <summary>Writes an order as the API spells it.</summary>
    internal static void Write(Utf8JsonWriter json, TradeOrder order)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, order.Id);
        json.WriteString("client_order_id"u8, order.ClientOrderId);
        Write(json, "created_at"u8, order.CreatedAt);
        Write(json, "updated_at"u8, order.UpdatedAt);
        Write(json, "submitted_at"u8, order.SubmittedAt);
        Write(json, "filled_at"u8, order.FilledAt);
        Write(json, "expired_at"u8, order.ExpiredAt);
        Write(json, "canceled_at"u8, order.CanceledAt);
        Write(json, "failed_at"u8, order.FailedAt);
        json.WriteString("symbol"u8, order.Symbol);
        json.WriteString("asset_class"u8, order.AssetClass);
        Write(json, "notional"u8, order.Notional);
        Write(json, "qty"u8, order.Qty);
        Write(json, "filled_qty"u8, order.FilledQty);
        Write(json, "filled_avg_price"u8, order.FilledAvgPrice);
        json.WriteString("order_class"u8, order.OrderClass);
        json.WriteString("order_type"u8, order.OrderType);
        json.WriteString("type"u8, order.Type);
        json.WriteString("side"u8, order.Side);
        json.WriteString("time_in_force"u8, order.TimeInForce);
        Write(json, "limit_price"u8, order.LimitPrice);
        Write(json, "stop_price"u8, order.StopPrice);
        Write(json, "trail_price"u8, order.TrailPrice);
        Write(json, "trail_percent"u8, order.TrailPercent);
        Write(json, "hwm"u8, order.Hwm);
        Write(json, "replaces"u8, order.Replaces);
        Write(json, "replaced_by"u8, order.ReplacedBy);
        json.WriteString("status"u8, order.Status);
        json.WriteBoolean("extended_hours"u8, order.ExtendedHours);
        Write(json, "parent_id"u8, order.ParentId);
        json.WriteString("leg"u8, order.Leg);
        WriteLegs(json, order.Legs);
        json.WriteString("reject_code"u8, order.RejectCode);
        json.WriteString("reject_reason"u8, order.RejectReason);
        Write(json, "session_id"u8, order.SessionId);
        if (order.NewBalance is { } balance)
        {
            Write(json, "newBalance"u8, balance);
        }

        json.WriteEndObject();
    }

    private static void WriteLegs(Utf8JsonWriter json, IReadOnlyList<TradeOrder>? legs)
    {
        json.WritePropertyName("legs"u8);
        if (legs is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartArray();
        foreach (var leg in legs)
        {
            Write(json, leg);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset? at)
    {
        if (at is { } instant)
        {
            json.WriteString(name, instant.UtcDateTime);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, decimal? value)
    {
        json.WritePropertyName(name);
        if (value is { } amount)
        {
            ApiJson.WriteTo(json, amount);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, Guid? id)
    {
        if (id is { } value)
        {
            json.WriteString(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
