using System.Diagnostics;
using System.Reflection;

namespace StratForge.Benchmarks.Measuring;

/// <summary>This program again, as a child with another task.</summary>
internal static class OwnChild
{
    /// <summary>How to start it; its input and output are pipes.</summary>
    /// <param name="verb">Its first argument.</param>
    public static ProcessStartInfo Of(string verb)
    {
        // Started as `dotnet that.dll` the path is the runtime's, and the program is its first argument.
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(Assembly.GetEntryAssembly()!.Location);
        }

        start.ArgumentList.Add(verb);
        return start;
    }
}
