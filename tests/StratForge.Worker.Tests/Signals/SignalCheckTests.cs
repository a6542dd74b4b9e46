using System.Text.Json;
using StratForge.Contracts.Hosting;
using StratForge.Contracts.Internal;
using StratForge.Contracts.Market;
using StratForge.Contracts.Orders;
using StratForge.Contracts.Sessions;
using StratForge.Worker.Hosts;
using StratForge.Worker.Sessions;
using StratForge.Worker.Signals;

namespace StratForge.Worker.Tests.Signals;

public sealed class SignalCheckTests
{
    private static readonly DateTimeOffset At = new(2024, 1, 8, 14, 30, 0, TimeSpan.Zero);
    private static readonly ClaimedSession Session = new(
        Guid.CreateVersion7(At), Guid.CreateVersion7(At), Guid.CreateVersion7(At), "SPY", AssetClass.Stock, SessionMode.Paper, false,
        new Dictionary<string, JsonElement>(), 1, 3, HostKind.CSharp, "", false, At);

    [Fact]
    public void A_signal_carries_what_the_pipe_knows_and_an_id_that_a_replay_derives_again()
    {
        var signal = Read(new SignalFrame("SELL", "1.5", 0.5, "limit", "99.95", "ioc"), out _)!;

        Assert.Equal(SignalIds.Derive(Session.Id, SessionEventKind.Bar, 7, 2), signal.SignalId);
        Assert.Equal((Session.Id, Session.StrategyId, "SPY", 3L), (signal.SessionId, signal.StrategyId, signal.Symbol, signal.LeaseEpoch));
        Assert.Equal((Side.Sell, 1.5m, 99.95m, "ioc"), (signal.Action, signal.Quantity, signal.LimitPrice, signal.TimeInForce));
        Assert.False(signal.RecordOnly);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1e3")]
    [InlineData("1,5")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("0.0000000001")]
    [InlineData("99999999999999999999999999999999")]
    [InlineData("1000000000001")]
    [InlineData("")]
    [InlineData(null)]
    public void A_quantity_that_is_none_is_refused_with_a_reason(string? quantity)
    {
        Assert.Null(Read(new SignalFrame("BUY", quantity!), out var fault));
        Assert.Contains("quantity", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_else_that_is_wrong_is_refused_with_a_reason()
    {
        Assert.All(
            new[]
            {
                new SignalFrame("HOLD", "1"),
                new SignalFrame(null!, "1"),
                new SignalFrame("BUY", "1", double.NaN),
                new SignalFrame("BUY", "1", 1.01),
                new SignalFrame("BUY", "1", -0.01),
                new SignalFrame("BUY", "1", OrderType: "stop"),
                new SignalFrame("BUY", "1", OrderType: "limit"),
                new SignalFrame("BUY", "1", OrderType: "limit", LimitPrice: "-5"),
                new SignalFrame("BUY", "1", OrderType: "wish"),
                new SignalFrame("BUY", "1", OrderType: "stop_limit", StopPrice: "5"),
                new SignalFrame("BUY", "1", OrderType: "trailing_stop"),
                new SignalFrame("BUY", "1", OrderType: "trailing_stop", TrailPrice: "1", TrailPercent: "2"),
                new SignalFrame("BUY", "1", TakeProfit: "0"),
                new SignalFrame("BUY", "1", StopLoss: "1e3"),
                new SignalFrame("BUY", "1", StopLoss: "95", StopLossLimit: "-1"),
                new SignalFrame("BUY", "1", Symbol: "QQQ"),
                new SignalFrame("BUY", "1", TimeInForce: "opg"),
                new SignalFrame("BUY", "1", Metadata: JsonSerializer.SerializeToElement(new string('x', 5_000))),
                new SignalFrame("BUY", "1", Metadata: JsonElement.Parse("""{"a":"\u0000"}""")),
                new SignalFrame("BUY", "1", Metadata: JsonElement.Parse("""{"a":"\ud800"}""")),
                new SignalFrame("BUY", "1", Metadata: JsonElement.Parse("""{"a":1e999999}""")),
            },
            frame =>
            {
                Assert.Null(Read(frame, out var fault));
                Assert.NotEmpty(fault!);
            });
    }

    [Fact]
    public void Stops_trails_and_exits_reach_the_gateway_as_they_were_asked_for()
    {
        var stop = Read(new SignalFrame("SELL", "1", OrderType: "stop_limit", LimitPrice: "94.5", StopPrice: "95"), out _)!;
        var trail = Read(new SignalFrame("SELL", "1", OrderType: "trailing_stop", TrailPercent: "1.5"), out _)!;
        var entry = Read(new SignalFrame("BUY", "1", TakeProfit: "110", StopLoss: "95", StopLossLimit: "94"), out _)!;
        var covered = Read(new SignalFrame("BUY", "1", StopLoss: "95"), out _)!;

        Assert.Equal(("stop_limit", 94.5m, 95m, "simple"), (stop.OrderType, stop.LimitPrice, stop.StopPrice, stop.OrderClass));
        Assert.Equal(("trailing_stop", null, 1.5m), (trail.OrderType, trail.TrailPrice, trail.TrailPercent));
        Assert.Equal((110m, 95m, 94m, "bracket"), (entry.TakeProfit, entry.StopLoss, entry.StopLossLimit, entry.OrderClass));
        Assert.Equal("oto", covered.OrderClass);
    }

    [Fact]
    public void A_session_that_only_observes_never_trades() =>
        Assert.True(SignalCheck.Read(new SignalFrame("BUY", "1"), Session with { Mode = SessionMode.Observe }, Cause, 0, out _)!.RecordOnly);

    private static SignalCause Cause => new(SessionEventKind.Bar, 7, At, null);

    private static ExecuteSignal? Read(SignalFrame frame, out string? fault) => SignalCheck.Read(frame, Session, Cause, 2, out fault);
}
