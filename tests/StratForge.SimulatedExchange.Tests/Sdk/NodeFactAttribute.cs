using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace StratForge.SimulatedExchange.Tests.Sdk;

/// <summary>A test that runs Alpaca's own clients. Skipped, with the reason, where there is no Node that runs them; in CI there has to be one.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NodeFactAttribute : FactAttribute
{
    private const int LeastMajor = 20;

    private static readonly string? Missing = Look();

    public NodeFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") is not { Length: > 0 })
        {
            Skip = Missing;
        }
    }

    private static string? Look()
    {
        try
        {
            using var node = Process.Start(new ProcessStartInfo("node", "--version") { RedirectStandardOutput = true, UseShellExecute = false })!;
            var version = node.StandardOutput.ReadToEnd().Trim();
            node.WaitForExit();
            return int.TryParse(version.TrimStart('v').Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) && major >= LeastMajor
                ? null
                : $"Alpaca's clients need Node {LeastMajor} or newer; this machine has {version}.";
        }
        catch (Win32Exception)
        {
            return $"Alpaca's clients need Node {LeastMajor} or newer, and there is none on PATH.";
        }
    }
}
