using Microsoft.Extensions.Configuration;

namespace StratForge.AppHost;

/// <summary>A replay is a market of its own, with prices of another time: it begins anew at each start and leaves the kept data alone.</summary>
internal static class Replay
{
    private const string Switch = "--replay";

    /// <summary>The command line, with nothing kept if it asks for a replay.</summary>
    public static string[] Apart(string[] args) =>
        args.Any(arg => arg == Switch || arg.StartsWith(Switch + "=", StringComparison.Ordinal)) ? [.. args, "--ephemeral=true"] : args;

    /// <summary>Whether files are to be replayed.</summary>
    public static bool IsAsked(IConfiguration configuration) => !string.IsNullOrEmpty(configuration["replay"]);
}
