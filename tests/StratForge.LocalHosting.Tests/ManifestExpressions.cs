using System.Text.Json;
using System.Text.RegularExpressions;

namespace StratForge.Testing;

/// <summary>Checks that no expression of a manifest points into nothing.</summary>
internal static partial class ManifestExpressions
{
    public static void AssertAllResolve(JsonElement manifest)
    {
        var resources = manifest.GetProperty("resources");
        var seen = 0;
        foreach (var text in Texts(resources))
        {
            foreach (Match expression in Expression().Matches(text.Replace("{{", "", StringComparison.Ordinal).Replace("}}", "", StringComparison.Ordinal)))
            {
                seen++;
                var parts = expression.Groups["path"].Value.Split('.');
                Assert.True(resources.TryGetProperty(parts[0], out var resource), $"{expression.Value}: there is no '{parts[0]}'");
                Assert.True(Resolves(resource, parts[1..]), $"{expression.Value} leads nowhere");
            }
        }

        Assert.NotEqual(0, seen);
    }

    private static bool Resolves(JsonElement resource, string[] path) => path switch
    {
        ["connectionString"] => resource.TryGetProperty("connectionString", out _),
        ["value"] => resource.TryGetProperty("value", out _),
        ["inputs", var input] => resource.GetProperty("inputs").TryGetProperty(input, out _),
        ["bindings", var binding, "url" or "host" or "port" or "targetPort" or "scheme"] => resource.GetProperty("bindings").TryGetProperty(binding, out _),
        _ => false,
    };

    private static IEnumerable<string> Texts(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Texts(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
        JsonValueKind.String => [element.GetString()!],
        _ => [],
    };

    [GeneratedRegex(@"\{(?<path>[^{}]+)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Expression();
}
