// Looks for secrets in its environment.
// ends: STRATEGY_ERROR FormatException
// platform: COMPILE_ERROR Environment.GetEnvironmentVariables is not available
using System.Collections;

public sealed class Hostile : Strategy
{
    public override Signal? OnBar(Bar bar)
    {
        var secrets = Environment.GetEnvironmentVariables().Keys.Cast<string>()
            .Where(name => name is not ("LANG" or "PYTHONPATH") && !name.StartsWith("DOTNET_", StringComparison.Ordinal) && !name.StartsWith("STRATFORGE_HOST_", StringComparison.Ordinal) && name != "STRATFORGE_CAGE_MODE");
        throw secrets.Any() ? new InvalidOperationException($"escaped: {string.Join(' ', secrets)}") : new FormatException("clean");
    }
}
