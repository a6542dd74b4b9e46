using Microsoft.Playwright;

namespace StratForge.EndToEnd.Tests.Browser;

/// <summary>Somebody at a browser with a profile of their own, looking at the dashboard. What the page complains of is kept.</summary>
internal sealed class Desk : IAsyncDisposable
{
    // Without a sandbox of its own, since CI runs as root in a container; with nothing that reaches for the internet.
    private static readonly string[] Flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowserContext _browser;
    private readonly DirectoryInfo _profile;
    private readonly List<string> _complaints = [];

    private Desk(IPlaywright playwright, IBrowserContext browser, DirectoryInfo profile, IPage page)
    {
        _playwright = playwright;
        _browser = browser;
        _profile = profile;
        Page = page;
        page.PageError += (_, error) => _complaints.Add(error);
        page.Console += (_, message) =>
        {
            // A refusal that the page expects (nobody is signed in yet) is logged by the browser, not by the page.
            if (message.Type is "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                _complaints.Add(message.Text);
            }
        };
    }

    public IPage Page { get; }

    /// <summary>Uncaught faults, console errors and violations of the content security policy so far.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    /// <param name="address">The gateway; the page's own addresses are relative to it.</param>
    /// <param name="patience">How long each step may take before it counts as failed.</param>
    public static async Task<Desk> SitDownAsync(Uri address, TimeSpan patience)
    {
        var profile = Directory.CreateTempSubdirectory("stratforge-browser-");
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchPersistentContextAsync(profile.FullName, new()
        {
            ExecutablePath = Chromium.Executable,
            Args = Flags,
            BaseURL = address.ToString(),
            Timeout = (float)patience.TotalMilliseconds,
            ViewportSize = new() { Width = 1440, Height = 900 },
        });
        browser.SetDefaultTimeout((float)patience.TotalMilliseconds);
        Assertions.SetDefaultExpectTimeout((float)patience.TotalMilliseconds);
        return new Desk(playwright, browser, profile, browser.Pages[0]);
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.CloseAsync();
        _playwright.Dispose();
        await DeleteProfileAsync();
    }

    // Children of the browser may still write there when it has closed.
    private async Task DeleteProfileAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var tries = 0; _profile.Exists; tries++)
        {
            try
            {
                _profile.Delete(recursive: true);
            }
            catch (IOException) when (tries < 100)
            {
                await timer.WaitForNextTickAsync();
            }

            _profile.Refresh();
        }
    }
}
