using System.Diagnostics;

namespace StratForge.Strategies.Tests;

/// <summary>The system's Python, with our package on its path.</summary>
internal static class PythonInterpreter
{
    /// <summary>The folder <c>python/</c> of the source tree.</summary>
    public static string Folder { get; } = Find();

    /// <summary>Runs it in <see cref="Folder"/> and gives what it wrote.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-B", .. arguments])
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var python = Path.Combine(folder.FullName, "python");
            if (Directory.Exists(Path.Combine(python, "stratforge")))
            {
                return python;
            }
        }

        throw new DirectoryNotFoundException("The source tree's python folder is not above the tests.");
    }
}
