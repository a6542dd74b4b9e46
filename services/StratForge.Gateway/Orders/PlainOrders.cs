using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Identity;

namespace StratForge.Gateway.Orders;

/// <summary>Takes plain orders by hand: JSON without escapes, only the fields of a simple order, all of them well formed.</summary>
internal sealed class PlainOrders(OrderDesk desk, OrderStore orders, RefusedOrders refused) : IPlainIntake
{
    public bool TryTake(HttpContext context, Caller? caller, [NotNullWhen(true)] out Task? answered)
    {
        answered = PlainBody.TryRead(context.Request, Parse) is { } request ? TakeAsync(context, caller!, request) : null;
        return answered is not null;
    }

    private async Task TakeAsync(HttpContext context, Caller caller, PlaceOrder request)
    {
        // Who hangs up misses the answer; the order is on its way in either case.
        var answer = await desk.PlaceAsync(caller.UserId, request.ToWish(), request.ClientOrderId, idempotencyKey: null, CancellationToken.None);
        await (await OrderEndpoints.AnswerAsync(answer, request, caller, orders, CancellationToken.None)).ExecuteAsync(context);
        if (context.Response.StatusCode >= StatusCodes.Status400BadRequest)
        {
            refused.Count(context, caller);
        }
    }

    /// <summary>An order as the serializer would read it, or null when it would take more to be sure.</summary>
    internal static PlaceOrder? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return Read(json) is { } request && IsValid(request) ? request : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No JSON, or no UTF-8. What is wrong with it is said by whoever reads it next.
            return null;
        }
    }

    private static bool IsValid(PlaceOrder request)
    {
        var errors = new FieldErrors();
        request.Validate(errors);
        return errors.None;
    }

    private static PlaceOrder? Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        string? symbol = null, side = null, type = null, timeInForce = null, clientOrderId = null;
        decimal? quantity = null, limitPrice = null;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var understood =
                reader.ValueTextEquals("symbol"u8) ? TryRead(ref reader, out symbol)
                : reader.ValueTextEquals("qty"u8) ? TryRead(ref reader, out quantity)
                : reader.ValueTextEquals("side"u8) ? TryRead(ref reader, out side)
                : reader.ValueTextEquals("type"u8) ? TryRead(ref reader, out type)
                : reader.ValueTextEquals("time_in_force"u8) ? TryRead(ref reader, out timeInForce)
                : reader.ValueTextEquals("limit_price"u8) ? TryRead(ref reader, out limitPrice)
                : reader.ValueTextEquals("client_order_id"u8) && TryRead(ref reader, out clientOrderId);
            if (!understood)
            {
                return null;
            }
        }

        // Nothing may follow: the reader says so itself.
        return reader.TokenType == JsonTokenType.EndObject && !reader.Read()
            ? new PlaceOrder
            {
                Symbol = symbol,
                Qty = quantity,
                Side = side,
                Type = type,
                TimeInForce = timeInForce,
                LimitPrice = limitPrice,
                ClientOrderId = clientOrderId,
            }
            : null;
    }

    private static bool TryRead(ref Utf8JsonReader reader, out string? text)
    {
        text = reader.Read() && reader is { TokenType: JsonTokenType.String, ValueIsEscaped: false } ? reader.GetString() : null;
        return text is not null;
    }

    private static bool TryRead(ref Utf8JsonReader reader, out decimal? number)
    {
        number = null;
        if (!reader.Read())
        {
            return false;
        }

        if (reader.TokenType == JsonTokenType.Number)
        {
            number = reader.TryGetDecimal(out var plain) ? plain : null;
        }
        else if (reader is { TokenType: JsonTokenType.String, ValueIsEscaped: false })
        {
            number = decimal.TryParse(reader.ValueSpan, ApiJson.DecimalStyle, CultureInfo.InvariantCulture, out var text) ? text : null;
        }

        return number is not null;
    }
}
