using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace StratForge.Contracts.Tests;

/// <summary>References between projects point one way; docs/architecture.md draws them.</summary>
public sealed class ReferencesTests
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../.."));

    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["StratForge.Contracts"] = [],
        ["StratForge.Strategies"] = ["StratForge.Contracts"],
        ["StratForge.Trading"] = ["StratForge.Contracts"],
        ["StratForge.Alpaca"] = ["StratForge.Contracts"],
        ["StratForge.LocalHosting"] = [],
        ["StratForge.ServiceDefaults"] = [],
    };

    [Fact]
    public void A_library_references_only_what_lies_below_it()
    {
        foreach (var (project, allowed) in Allowed)
        {
            Assert.Empty(ReferencesOf(FindProject(project)).Except(allowed));
        }
    }

    [Fact]
    public void Services_meet_over_a_wire_and_never_reference_each_other()
    {
        var services = Directory.GetFiles(Path.Combine(Root, "services"), "*.csproj", SearchOption.AllDirectories);
        var names = services.Select(file => Path.GetFileNameWithoutExtension(file)).ToHashSet(StringComparer.Ordinal);

        Assert.NotEmpty(services);
        foreach (var service in services)
        {
            Assert.DoesNotContain(ReferencesOf(service), names.Contains);
        }
    }

    [Fact]
    public void The_tests_of_the_strategy_api_need_nothing_but_the_strategy_api()
    {
        var references = ReferencesOf(FindProject("StratForge.Strategies.Tests"));

        Assert.Equal(["StratForge.Strategies"], references);
    }

    private static string FindProject(string name) =>
        Assert.Single(Directory.GetFiles(Root, $"{name}.csproj", SearchOption.AllDirectories));

    // A reference without its assembly only orders the build; it is no arrow in the code.
    private static IEnumerable<string> ReferencesOf(string project) =>
        XDocument.Load(project).Descendants("ProjectReference")
            .Where(reference => (string?)reference.Attribute("ReferenceOutputAssembly") != "false")
            .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
