using Microsoft.Playwright;

namespace StratForge.EndToEnd.Tests.Browser;

internal sealed class RegisterPage(IPage page)
{
    public async Task<PortfolioPage> RegisterAsync(string name, string password)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Register" }).ClickAsync();
        await page.GetByLabel("Email").FillAsync($"{name}@example.org");
        await page.GetByLabel("Name").FillAsync(name);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Register" }).ClickAsync();
        return new PortfolioPage(page);
    }
}
