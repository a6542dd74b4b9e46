using System.Diagnostics;

namespace StratForge.EndToEnd.Tests.Browser;

public sealed class PackageTests
{
    // It takes a minute beside other tests; one that hangs is a failure with what it said so far.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    [PackageFact]
    public async Task The_page_passes_its_type_checks_its_linter_and_its_own_tests()
    {
        using var npm = Process.Start(new ProcessStartInfo("npm", ["run", "check", "--silent"])
        {
            WorkingDirectory = PackageFactAttribute.Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["NO_COLOR"] = "1", ["NODE_ENV"] = "test" },
        })!;
        var output = npm.StandardOutput.ReadToEndAsync();
        var error = npm.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await npm.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            npm.Kill(entireProcessTree: true);
            await npm.WaitForExitAsync();
        }

        Assert.True(npm.ExitCode == 0, $"{await output}\n{await error}");
        Assert.Matches(@"Tests +\d+ passed", await output);
    }
}
