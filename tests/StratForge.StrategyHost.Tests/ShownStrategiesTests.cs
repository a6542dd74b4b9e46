using System.Text;
using System.Text.RegularExpressions;
using StratForge.StrategyHost.Compilation;

namespace StratForge.StrategyHost.Tests;

/// <summary>Every strategy that our pages show works. The templates have tests of their own.</summary>
public sealed partial class ShownStrategiesTests
{
    public static TheoryData<string> Pages => ["README.md", "docs/strategies.md"];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task What_a_page_shows_runs(string page)
    {
        var blocks = FencedBlock().Matches(await File.ReadAllTextAsync(Path.Combine(Tree.Root, page)))
            .Select(match => (Language: match.Groups["language"].Value, Code: match.Groups["code"].Value))
            .Where(block => block.Code.Contains("class ", StringComparison.Ordinal) && block.Code.Contains("Strategy", StringComparison.Ordinal))
            .ToArray();

        Assert.NotEmpty(blocks);
        foreach (var (language, code) in blocks)
        {
            await Runs(language, code);
        }
    }

    private static async Task Runs(string language, string code)
    {
        var outcome = language == "csharp" ? Samples.Compile(code) : null;
        Assert.False(outcome is CompileOutcome.Refused, outcome?.ToString());
        var loadable = outcome is CompileOutcome.Compiled compiled ? compiled.Assembly : Encoding.UTF8.GetBytes(code);
        await using var host = await HostProcess.LoadedAsync(language, loadable);

        Assert.Equal("done", (string?)(await host.BarAsync(1, 100))["type"]);
    }

    [GeneratedRegex(@"^```(?<language>csharp|python)\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FencedBlock();
}
