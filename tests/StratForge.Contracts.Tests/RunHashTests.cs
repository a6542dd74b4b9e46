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
        Differs(one => one.Outcome(1, "REJECTED", "INSUFFICIENT_FUNDS", null));
        Differs(one => one.Outcome(1, "RECORDED", null, null));
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

    // Hashes are stored with sessions and compared for as long as these are there: the one below is from before orders had to be known to be numbered.
    [Fact]
    public void A_run_that_takes_back_orders_it_was_told_of_keeps_its_hash()
    {
        using var run = ARun(Declared, ("FastPeriod", "7"), "{}");
        run.Outcome(1, "ACCEPTED", null, AnOrder(1, "new").OrderId);
        run.Outcome(2, "ACCEPTED", null, AnOrder(2, "new").OrderId);
        run.Answer(new DoneFrame("bar", 2, Cancels: [IdOf(2)]));
        run.Update(AnOrder(1, "new"));
        run.Update(AnOrder(3, "new"));
        run.Update(AnOrder(2, "canceled"));
        run.Answer(new DoneFrame("bar", 3, Cancels: [IdOf(3), IdOf(1)]));
        run.Answer(new DoneFrame("bar", 4, CancelAll: true));

        Assert.Equal("9b4b02e5d75b4a9a78e25c8a694d084f39945fc1f9fb5c432acd16f545f5c633", run.Current());
    }

    [Fact]
    public void An_order_that_a_strategy_makes_up_is_none_and_takes_no_number_from_those_that_are()
    {
        string HashOf(params string[] madeUp)
        {
            using var run = ARun(Declared, ("FastPeriod", "7"), "{}");
            run.Answer(new DoneFrame("bar", 2, Cancels: madeUp));
            run.Update(AnOrder(1, "new"));
            return run.Current();
        }

        Assert.Equal(HashOf(IdOf(8), "x"), HashOf(IdOf(9), IdOf(9)));
        Assert.NotEqual(HashOf(IdOf(8), "x"), HashOf(IdOf(8)));
    }

    [Fact]
    public void Orders_that_a_strategy_makes_up_are_not_kept()
    {
        using var run = ARun(Declared, ("FastPeriod", "7"), "{}");
        void Make(int first)
        {
            for (var answer = 0; answer < 100; answer++)
            {
                run.Answer(new DoneFrame("bar", 2, Cancels: [.. Enumerable.Range(first + (answer * 1_000), 1_000).Select(IdOf)]));
            }
        }

        Make(0);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Make(100_000);

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 8 * 1024 * 1024);
    }

    private static RunHash ARun(ParameterDescription[] declared, (string Name, string Value) set, string metadata)
    {
        var run = new RunHash("SPY", 1, 100_000, declared, new Dictionary<string, JsonElement>(StringComparer.Ordinal) { [set.Name] = Json(set.Value) });
        run.Bar("SPY", 0, 1, 2, 0.5, 1.5, 100);
        run.Answer(new DoneFrame("bar", 1, [new SignalFrame("BUY", "1", 0.5, Metadata: Json(metadata))]));
        return run;
    }

    private static string IdOf(int order) => AnOrder(order, "new").OrderId.ToString();

    private static OrderEvent AnOrder(int number, string status) => new(
        new Guid(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]), null, "SPY", Side.Buy, status, 1, 0, null, null, null, new PositionView(0, 0), 100);

    private static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);
}
