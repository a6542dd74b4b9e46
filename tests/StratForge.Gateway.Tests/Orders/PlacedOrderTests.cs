using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StratForge.Gateway.Hosting;
using StratForge.Gateway.Orders;

namespace StratForge.Gateway.Tests.Orders;

/// <summary>The answer to a new order, spelled out by hand, says what the serializer would.</summary>
public sealed class PlacedOrderTests
{
    private static readonly DateTimeOffset At = new(2024, 3, 5, 15, 0, 0, 120, TimeSpan.Zero);

    [Fact]
    public void A_plain_order_is_written_as_the_serializer_writes_it() => AssertAlike(Plain());

    [Fact]
    public void An_order_with_everything_is_written_as_the_serializer_writes_it() => AssertAlike(Plain() with
    {
        ClientOrderId = "mine \"of\" 5. März </script> \u0001",
        FilledAt = At.AddTicks(1),
        ExpiredAt = At.AddSeconds(1),
        CanceledAt = At.AddMilliseconds(880),
        FailedAt = At.AddDays(1),
        Notional = 12.50m,
        FilledAvgPrice = 101.123456789m,
        OrderClass = "bracket",
        LimitPrice = 100m,
        StopPrice = 0.10m,
        TrailPrice = 3,
        TrailPercent = 0.5m,
        Hwm = 99,
        Replaces = Guid.AllBitsSet,
        ReplacedBy = Guid.Empty,
        ParentId = Guid.AllBitsSet,
        Leg = "take_profit",
        Legs = [Plain(), Plain() with { Leg = "stop_loss" }],
        RejectCode = "BROKER_REJECTED",
        RejectReason = "BROKER_REJECTED: why",
        SessionId = Guid.AllBitsSet,
        NewBalance = 99_898.00m,
    });

    [Theory]
    [InlineData("0")]
    [InlineData("0.000")]
    [InlineData("-0.0")]
    [InlineData("100")]
    [InlineData("-1.2300")]
    [InlineData("0.0000000000000000000000000001")]
    [InlineData("79228162514264337593543950335")]
    [InlineData("-7.9228162514264337593543950335")]
    public void An_amount_is_written_as_the_serializer_writes_it(string amount) =>
        AssertAlike(Plain() with { Qty = decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture) });

    private static void AssertAlike(TradeOrder order)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            PlacedOrder.Write(json, order);
        }

        Assert.Equal(JsonSerializer.Serialize(order, ApiJson.Options), Encoding.UTF8.GetString(text.WrittenSpan));
    }

    private static TradeOrder Plain() => new()
    {
        Id = new Guid("0195f2a0-0000-7000-8000-000000000001"),
        ClientOrderId = "0195f2a0-0000-7000-8000-000000000001",
        CreatedAt = At,
        UpdatedAt = At.AddTicks(10),
        SubmittedAt = new DateTimeOffset(2024, 3, 5, 15, 0, 0, TimeSpan.Zero),
        Symbol = "SPY",
        AssetClass = "us_equity",
        Qty = 1,
        FilledQty = 0,
        Type = "market",
        Side = "buy",
        TimeInForce = "day",
        Status = "accepted",
    };
}
