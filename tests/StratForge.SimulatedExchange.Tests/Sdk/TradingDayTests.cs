namespace StratForge.SimulatedExchange.Tests.Sdk;

/// <summary>One day of trading through Alpaca's official clients and through ours: the exchange is Alpaca to all of them.</summary>
public sealed class TradingDayTests
{
    private static readonly string[] Chapters =
        ["look", "core", "refusals", "groups", "history", "streams", "watchlists", "settled", "end"];

    [NodeFact]
    public Task Version_3_of_Alpacas_client_lives_through_a_day() => LiveAsync("v3.mjs");

    [NodeFact]
    public Task Version_4_of_Alpacas_client_lives_through_a_day() => LiveAsync("v4.mjs");

    [Fact]
    public async Task Our_own_client_comes_to_the_same_account()
    {
        using var market = TradingDay.Market();
        await using var exchange = await TradingDay.OpenAsync(market);

        await OwnClient.LiveAsync(exchange);

        Assert.Equal(TradingDay.Outcome, await TradingDay.OutcomeOfAsync(exchange));
    }

    private static async Task LiveAsync(string script)
    {
        using var market = TradingDay.Market();
        await using var exchange = await TradingDay.OpenAsync(market);
        IReadOnlyList<string> outcome = [];

        var chapters = await OfficialClient.LiveAsync(exchange, script, async () => outcome = await TradingDay.OutcomeOfAsync(exchange));

        Assert.Equal(TradingDay.Outcome, outcome);
        Assert.Equal(Chapters, chapters);
    }
}
