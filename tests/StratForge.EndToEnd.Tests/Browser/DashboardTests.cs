using Microsoft.Playwright;

namespace StratForge.EndToEnd.Tests.Browser;

/// <summary>The built page in a real browser, against everything behind it.</summary>
public sealed class DashboardTests
{
    private const string Strategy = "Flip";

    // Trades on every bar, so that there is something to see soon.
    private const string Code = """
        class Flip(Strategy):
            def on_bar(self, bar):
                return self.close() if self.position.quantity > 0 else self.buy(10)
        """;

    // From a click to what it causes: the first start of a strategy host on a busy machine is the slowest of all.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [BrowserFact]
    public async Task A_newcomer_writes_a_strategy_and_watches_it_trade()
    {
        await using var platform = await Platform.StartAsync();
        await using var desk = await Desk.SitDownAsync(platform.Gateway, Patience);

        // The root leads a stranger to the door.
        await desk.Page.GotoAsync("/");
        var portfolio = await new RegisterPage(desk.Page).RegisterAsync("margaret", "a long enough password");
        await Assertions.Expect(portfolio.Heading).ToBeVisibleAsync();
        await Assertions.Expect(portfolio.Cash).ToHaveTextAsync("$100,000.00");

        var strategy = new StrategyPage(desk.Page);
        await strategy.WriteAsync(Strategy, "SPY", Code);
        var session = await strategy.StartAsync(Strategy);
        await Assertions.Expect(session.State("Running")).ToBeVisibleAsync();
        await Assertions.Expect(session.ChartWithFills).ToBeVisibleAsync();
        await Assertions.Expect(session.Signals.First).ToContainTextAsync("10");

        await portfolio.OpenAsync();
        await Assertions.Expect(portfolio.Fills.First).ToContainTextAsync("10 SPY");
        await Assertions.Expect(portfolio.Cash).Not.ToHaveTextAsync("$100,000.00");

        // An address of the page, asked for anew, leads back to where it points.
        await desk.Page.GoBackAsync();
        await desk.Page.ReloadAsync();
        await session.StopAsync();
        await Assertions.Expect(session.State("Stopped")).ToBeVisibleAsync();

        Assert.Empty(desk.Complaints);
    }
}
