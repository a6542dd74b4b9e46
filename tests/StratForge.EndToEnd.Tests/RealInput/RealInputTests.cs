namespace StratForge.EndToEnd.Tests.RealInput;

/// <summary>A recorded day of real minutes goes in at one end; trades, positions and cash come out at the other, exact to the cent.</summary>
public sealed class RealInputTests
{
    private const string Speed = "1200";

    // A second of a restart is ten minutes of this market, and what is asked for after its close expires.
    private const string SpeedWithRestarts = "600";

    [Fact]
    public async Task A_day_of_minutes_ends_in_the_account_that_the_bars_alone_imply()
    {
        using var day = RecordedDay.Load();
        await using var platform = await Platform.StartAsync("--replay", day.File, "--speed", Speed);
        using var user = await Visitor.RegisterAsync(platform.Gateway, "ada");

        var trading = await DayOfTrading.StartAsync(user, day);

        await trading.CheckAsync();
    }

    [Theory]
    [InlineData("worker", "exchange")]
    [InlineData("gateway", "ingestor")]
    public async Task Killing_services_in_the_middle_changes_no_trade(string first, string second)
    {
        using var day = RecordedDay.Load();
        await using var platform = await Platform.StartAsync("--replay", day.File, "--speed", SpeedWithRestarts);
        using var user = await Visitor.RegisterAsync(platform.Gateway, "grace");
        var trading = await DayOfTrading.StartAsync(user, day);

        await trading.WaitForTradesAsync(3);
        await platform.KillAndRestartAsync(first);
        await trading.WaitForTradesAsync(6);
        await platform.KillAndRestartAsync(second);

        await trading.CheckAsync();
    }
}
