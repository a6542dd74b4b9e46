using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;

namespace StratForge.Contracts.Tests;

public sealed class ContractsJsonTests
{
    // Microseconds, as Postgres keeps them; whole seconds would hide a lost fraction.
    private static readonly DateTimeOffset At = new DateTimeOffset(2013, 10, 4, 13, 30, 0, TimeSpan.Zero).AddTicks(1_234_560);

    [Fact]
    public void A_bar_has_the_fixed_shape_on_the_bus()
    {
        var bar = new BarMessage("SPY", "1m", 167.65m, 167.70m, 167.60m, 167.66m, 20000m, At.AddTicks(-1_234_560), 17);

        var json = JsonSerializer.Serialize(bar, ContractsJson.Default.BarMessage);

        Assert.Equal(
            """{"symbol":"SPY","timeframe":"1m","open":167.65,"high":167.70,"low":167.60,"close":167.66,"volume":20000,"timestamp":"2013-10-04T13:30:00+00:00","seq":17}""",
            json);
    }

    [Fact]
    public void A_subscription_names_its_class_in_lower_case()
    {
        var update = new SubscriptionUpdate(SubscriptionUpdate.Subscribe, "BTC/USD", AssetClass.Crypto);

        Assert.Equal(
            """{"action":"subscribe","symbol":"BTC/USD","type":"crypto"}""",
            JsonSerializer.Serialize(update, ContractsJson.Default.SubscriptionUpdate));
    }

    [Fact]
    public void A_bar_survives_a_round_trip() =>
        Prop.ForAll(Prices, ArbMap.Default.ArbFor<PositiveInt>(), (price, seq) =>
        {
            var bar = new BarMessage("BTC/USD", "1m", price, price + 1, price, price, price / 3, At, seq.Get, "00-a-b-01");

            return bar == RoundTrip(bar, ContractsJson.Default.BarMessage);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_signal_survives_a_round_trip() =>
        Prop.ForAll(Prices, (quantity) =>
        {
            var signal = new ExecuteSignal(
                Guid.CreateVersion7(At), Guid.CreateVersion7(At), Guid.CreateVersion7(At), "SPY", Side.Sell, quantity,
                0.25, 3, SessionEventKind.Bar, 9, 1, At, OrderType: "limit", LimitPrice: quantity);

            return signal == RoundTrip(signal, ContractsJson.Default.ExecuteSignal);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_quantity_sent_as_a_string_is_read_as_one_sent_as_a_number()
    {
        const string Json = """{"signalId":"01963b1f-0d5e-7c3a-9b5e-2f6a1c9d4e70","symbol":"SPY","action":"BUY","quantity":"0.123456789"}""";

        Assert.Equal(0.123456789m, JsonSerializer.Deserialize(Json, ContractsJson.Default.ExecuteSignal)!.Quantity);
    }

    private static Arbitrary<decimal> Prices =>
        Gen.Choose(1, int.MaxValue).Select(units => units / 10_000m).ToArbitrary();

    private static T RoundTrip<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(JsonSerializer.Serialize(value, type), type)!;
}
