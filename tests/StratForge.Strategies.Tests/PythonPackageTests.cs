namespace StratForge.Strategies.Tests;

public sealed class PythonPackageTests
{
    [Fact]
    public async Task The_Python_package_passes_its_own_tests()
    {
        var (exitCode, _, error) = await PythonInterpreter.RunAsync(string.Empty, "-m", "unittest", "discover", "-s", "tests", "-t", ".");

        Assert.True(exitCode == 0, error);
        Assert.DoesNotContain("Ran 0 tests", error, StringComparison.Ordinal);
    }
}
