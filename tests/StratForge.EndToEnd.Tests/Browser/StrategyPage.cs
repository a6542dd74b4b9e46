using Microsoft.Playwright;

namespace StratForge.EndToEnd.Tests.Browser;

internal sealed class StrategyPage(IPage page)
{
    /// <summary>Writes a strategy in Python and saves it.</summary>
    public async Task WriteAsync(string name, string symbol, string code)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Strategies" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "New strategy" }).ClickAsync();
        await page.GetByText("Python", new() { Exact = true }).ClickAsync();
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Symbol").FillAsync(symbol);
        await page.GetByLabel("Code of the strategy").FillAsync(code);
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(page.GetByText("version 1", new() { Exact = true })).ToBeVisibleAsync();
    }

    /// <summary>Starts a session of the strategy on the page, on the symbol that it was written for.</summary>
    public async Task<SessionPage> StartAsync(string name)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Start a session" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = $"Start {name}" }).ClickAsync();
        return new SessionPage(page);
    }
}
