using System.Globalization;
using System.Text.Json;

namespace StratForge.Benchmarks.Platform;

/// <summary>An order as the benchmark's broker holds it: open or wholly filled.</summary>
/// <param name="Id">The broker's id.</param>
/// <param name="ClientOrderId">The platform's id.</param>
/// <param name="Side"><c>buy</c> or <c>sell</c>.</param>
/// <param name="Type"><c>market</c> or <c>limit</c>.</param>
/// <param name="TimeInForce">As ordered.</param>
/// <param name="Quantity">Units.</param>
/// <param name="LimitPrice">USD; null for a market order.</param>
/// <param name="CreatedAt">When it came.</param>
/// <param name="IsFilled">Whether all of it was filled, at the price of the bars.</param>
internal sealed record VenueOrder(
    Guid Id, string ClientOrderId, string Side, string Type, string TimeInForce, decimal Quantity, decimal? LimitPrice, DateTimeOffset CreatedAt,
    bool IsFilled = false)
{
    /// <summary>Reads the body of <c>POST /v2/orders</c>.</summary>
    public static VenueOrder Read(JsonElement body, Guid id, DateTimeOffset createdAt) => new(
        id,
        body.GetProperty("client_order_id").GetString()!,
        body.GetProperty("side").GetString()!,
        body.GetProperty("type").GetString()!,
        body.GetProperty("time_in_force").GetString()!,
        Number(body.GetProperty("qty")),
        body.TryGetProperty("limit_price", out var limit) && limit.ValueKind != JsonValueKind.Null ? Number(limit) : null,
        createdAt);

    /// <summary>An instant as the venue writes it.</summary>
    public static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>In Alpaca's shape.</summary>
    public string ToJson(string status)
    {
        var at = Instant(CreatedAt);
        return $$"""
            {"id":"{{Id}}","client_order_id":"{{ClientOrderId}}","created_at":"{{at}}","updated_at":"{{at}}","submitted_at":"{{at}}",
             "filled_at":null,"expired_at":null,"expires_at":null,"canceled_at":null,"failed_at":null,"replaced_at":null,"replaced_by":null,"replaces":null,
             "asset_id":"b0b6dd9d-8b9b-48a9-ba46-b9d54906e415","symbol":"{{BarFeed.Symbol}}","asset_class":"us_equity","notional":null,"qty":"{{Quantity}}",
             "filled_qty":"{{(IsFilled ? Quantity : 0)}}","filled_avg_price":{{(IsFilled ? $"\"{BarFeed.Price}\"" : "null")}},"order_class":"","order_type":"{{Type}}","type":"{{Type}}","side":"{{Side}}",
             "position_intent":"{{Side}}_to_open","time_in_force":"{{TimeInForce}}","limit_price":{{(LimitPrice is { } limit ? $"\"{limit}\"" : "null")}},"stop_price":null,"status":"{{status}}","extended_hours":false,"legs":null,
             "trail_percent":null,"trail_price":null,"hwm":null,"subtag":null,"source":null}
            """;
    }

    private static decimal Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.String
            ? decimal.Parse(value.GetString()!, CultureInfo.InvariantCulture)
            : value.GetDecimal();
}
