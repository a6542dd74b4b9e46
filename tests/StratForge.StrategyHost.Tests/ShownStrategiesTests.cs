using System.Text;
using System.Text.RegularExpressions;
using StratForge.StrategyHost.Compilation;

namespace StratForge.StrategyHost.Tests;

/// <summary>Every strategy that we show to people works: in the pages of documentation, and those of the demonstration.</summary>
public sealed partial class ShownStrategiesTests
{
    private static readonly string Root = FindRoot();

    public static TheoryData<string> Pages => ["README.md", "docs/strategies.md"];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task What_a_page_shows_runs(string page)
    {
        var blocks = FencedBlock().Matches(await File.ReadAllTextAsync(Path.Combine(Root, page)))
            .Select(match => (Language: match.Groups["language"].Value, Code: match.Groups["code"].Value))
            .Where(block => block.Code.Contains("class ", StringComparison.Ordinal) && block.Code.Contains("Strategy", StringComparison.Ordinal))
            .ToArray();

        Assert.NotEmpty(blocks);
        foreach (var (language, code) in blocks)
        {
            await Runs(language, code);
        }
    }

    [Theory]
    [InlineData("csharp", "SmaCross.cs")]
    [InlineData("python", "sma_cross.py")]
    public async Task The_demonstrations_strategies_run(string language, string file) =>
        await Runs(language, await File.ReadAllTextAsync(Path.Combine(Root, "services", "StratForge.Gateway", "Demo", "Strategies", file)));

    private static async Task Runs(string language, string code)
    {
        var outcome = language == "csharp" ? Samples.Compile(code) : null;
        Assert.False(outcome is CompileOutcome.Refused, outcome?.ToString());
        var loadable = outcome is CompileOutcome.Compiled compiled ? compiled.Assembly : Encoding.UTF8.GetBytes(code);
        await using var host = await HostProcess.LoadedAsync(language, loadable);

        Assert.Equal("done", (string?)(await host.BarAsync(1, 100))["type"]);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "StratForge.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The source tree is not above the tests.");
    }

    [GeneratedRegex(@"^```(?<language>csharp|python)\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FencedBlock();
}
