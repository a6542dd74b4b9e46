using Microsoft.Playwright;

namespace StratForge.EndToEnd.Tests.Browser;

internal sealed class RegisterPage(IPage page)
{
    public async Task<PortfolioPage> RegisterAsync(string name, string password)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Register" }).ClickAsync();
        // The page before this one has an Email too, and stays until this one's code has come.
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Register" })).ToBeVisibleAsync();
        await page.GetByLabel("Email").FillAsync($"{name}@example.org");
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Register" }).ClickAsync();
        return new PortfolioPage(page);
    }
}
