namespace StratForge.EndToEnd.Tests.Browser;

/// <summary>A test in a real browser against the built dashboard. Skipped, with the reason, where either is missing; in CI they may not be.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    private const string Page = "services/StratForge.Gateway/wwwroot/index.html";

    public BrowserFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") is not { Length: > 0 })
        {
            Skip = Missing();
        }
    }

    private static string? Missing() =>
        Chromium.Executable is null ? "No Chromium on PATH: apt-get install chromium, or set CHROMIUM_PATH."
        : !IsPageBuilt() ? "The dashboard is not built: put Node 20.19 or newer on PATH and build again."
        : null;

    // The gateway of the checkout is what these tests start, and its build leaves the page there.
    private static bool IsPageBuilt()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Page)))
            {
                return true;
            }
        }

        return false;
    }
}
