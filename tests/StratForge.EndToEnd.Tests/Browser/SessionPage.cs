using Microsoft.Playwright;

namespace StratForge.EndToEnd.Tests.Browser;

internal sealed class SessionPage(IPage page)
{
    /// <summary>The chart, named after what is drawn on it once there are fills.</summary>
    public ILocator ChartWithFills => page.Locator(
        "[role=group][aria-label*='fills of this session']:not([aria-label*='with 0 fills'])");

    public ILocator Signals => page.GetByRole(AriaRole.Group, new() { Name = "Signals of this session" }).Locator("tbody tr");

    /// <summary>The session's state, as the word on its pill.</summary>
    public ILocator State(string word) => page.Locator("h1 + span", new() { HasText = word });

    public async Task StopAsync()
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Stop", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Stop the session" }).ClickAsync();
    }
}
