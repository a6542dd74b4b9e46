using System.Text.Json;
using StratForge.Contracts.Hosting;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;

namespace StratForge.Contracts.Tests;

public sealed class RunHashTests
{
    private static readonly ParameterDescription[] Declared = [new("FastPeriod", "int", Json("5")), new("Width", "double", Json("2"))];

    [Fact]
    public void A_run_is_the_same_whatever_language_spelled_its_parameters_and_numbers()
    {
        using var one = ARun(Declared, ("FastPeriod", "7"), """{"rsi":30,"why":"low"}""");
        using var other = ARun(
            [new("width", "double", Json("2.0")), new("fast_period", "int", Json("5"))], ("fast_period", "7"), """{"why":"low","rsi":30.0}""");

        Assert.Equal(one.Current(), other.Current());
        Assert.Equal(64, one.Current().Length);
    }

    [Fact]
    public void Whatever_else_is_different_is_another_run()
    {
        using var run = ARun(Declared, ("FastPeriod", "7"), "{}");
        var hashes = new HashSet<string>(StringComparer.Ordinal) { run.Current() };

        void Differs(Action<RunHash> more, string metadata = "{}", string fast = "7")
        {
            using var other = ARun(Declared, ("FastPeriod", fast), metadata);
            more(other);
            Assert.True(hashes.Add(other.Current()));
        }

        Differs(_ => { }, fast: "8");
        Differs(_ => { }, metadata: """{"rsi":30}""");
        Differs(_ => { }, metadata: """{"rsi":"30"}""");
        Differs(one => one.Bar("SPY", 60_000, 1, 2, 1, 2, 10));
        Differs(one => one.Bar("SPY", 60_000, 1, 2, 1, 2, 10, warm: true));
        Differs(one => one.Bar("SPY", 60_000, 1, 2, 1, 2.0000000000000004, 10));
        Differs(one => one.Trade("SPY", 60_000, 1, 2));
        Differs(one => one.Quote("SPY", 60_000, 1, 2, 3, 4));
        Differs(one => one.Answer(new DoneFrame("bar", 2, CancelAll: true)));
        Differs(one => one.Answer(new DoneFrame("bar", 2, [new SignalFrame("BUY", "1", StopLoss: "9")])));
        Differs(one => one.Answer(new DoneFrame("bar", 2, [new SignalFrame("BUY", "1", TakeProfit: "9")])));
        Differs(one => one.Update(AnOrder(1, "filled")));
        Differs(one => one.Update(AnOrder(1, "canceled")));
    }

    [Fact]
    public void Ids_are_drawn_and_do_not_count_but_which_order_it_was_does()
    {
        string HashOf(params int[] orders)
        {
            using var run = ARun(Declared, ("FastPeriod", "7"), "{}");
            foreach (var order in orders)
            {
                run.Update(AnOrder(order, "new"));
            }

            run.Answer(new DoneFrame("bar", 2, Cancels: [AnOrder(orders[^1], "new").OrderId.ToString()]));
            return run.Current();
        }

        Assert.Equal(HashOf(1, 2), HashOf(8, 9));
        Assert.NotEqual(HashOf(1, 2), HashOf(1, 1));
        Assert.NotEqual(HashOf(1, 2, 1), HashOf(1, 2, 2));
    }

    private static RunHash ARun(ParameterDescription[] declared, (string Name, string Value) set, string metadata)
    {
        var run = new RunHash("SPY", 1, 100_000, declared, new Dictionary<string, JsonElement>(StringComparer.Ordinal) { [set.Name] = Json(set.Value) });
        run.Bar("SPY", 0, 1, 2, 0.5, 1.5, 100);
        run.Answer(new DoneFrame("bar", 1, [new SignalFrame("BUY", "1", 0.5, Metadata: Json(metadata))]));
        return run;
    }

    private static OrderEvent AnOrder(int number, string status) => new(
        new Guid(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]), null, "SPY", Side.Buy, status, 1, 0, null, null, null, new PositionView(0, 0), 100);

    private static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);
}
