using Microsoft.Playwright;

namespace StratForge.EndToEnd.Tests.Browser;

internal sealed class PortfolioPage(IPage page)
{
    public ILocator Heading => page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Portfolio" });

    public ILocator Cash => page.Locator("dl[aria-label=Account] > div", new() { HasText = "Cash" }).Locator("dd").First;

    /// <summary>The rows of the latest fills, without the one of headings.</summary>
    public ILocator Fills => page.GetByRole(AriaRole.Group, new() { Name = "Latest fills" }).Locator("tbody tr");

    public Task OpenAsync() => page.GetByRole(AriaRole.Link, new() { Name = "Portfolio", Exact = true }).ClickAsync();
}
