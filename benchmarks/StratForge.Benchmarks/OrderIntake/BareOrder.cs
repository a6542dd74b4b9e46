using System.Globalization;
using System.Text.Json;

namespace StratForge.Benchmarks.OrderIntake;

/// <summary>An order as the processes without a platform read and answer it.</summary>
internal sealed record BareOrder(string Symbol, decimal Qty, string Side, string Type, string? TimeInForce)
{
    private static readonly JsonSerializerOptions s_answers = new(JsonSerializerDefaults.Web);

    /// <summary>JSON of the usual length.</summary>
    public IResult ToAnswer() => Results.Json(
        new
        {
            id = Guid.AllBitsSet,
            client_order_id = Guid.AllBitsSet,
            created_at = DateTimeOffset.UnixEpoch,
            updated_at = DateTimeOffset.UnixEpoch,
            Symbol,
            qty = Qty.ToString(CultureInfo.InvariantCulture),
            filled_qty = "0",
            Side,
            Type,
            time_in_force = TimeInForce,
            status = "accepted",
            new_balance = "100000",
        },
        s_answers,
        statusCode: StatusCodes.Status201Created);
}
