namespace StratForge.EndToEnd.Tests.RealInput;

/// <summary>A recorded day of real minutes goes in at one end; trades, positions and cash come out at the other, exact to the cent.</summary>
public sealed class RealInputTests
{
    // A second of a restart is ten minutes of this market, and what is asked for after its close expires.
    private const string Speed = "600";

    [Fact]
    public async Task A_day_of_minutes_ends_in_the_account_that_the_bars_alone_imply_though_each_service_is_killed_in_its_course()
    {
        using var day = RecordedDay.Load();
        await using var platform = await Platform.StartAsync("--replay", day.File, "--speed", Speed);
        using var user = await Visitor.RegisterAsync(platform.Gateway, "ada");
        var trading = await DayOfTrading.StartAsync(user, day);

        var trades = 0;
        foreach (var service in (string[])["worker", "exchange", "gateway", "ingestor"])
        {
            trades += 2;
            await trading.WaitForTradesAsync(trades);
            await platform.KillAndRestartAsync(service);
        }

        await trading.CheckAsync();
    }
}
