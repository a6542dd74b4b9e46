using System.Diagnostics;

namespace StratForge.LocalHosting.BackingServices;

/// <summary>Runs a program to its end.</summary>
internal static class Command
{
    /// <returns>Exit code, and what it wrote to both outputs; 127 when there is no such program.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string>? environment = null, string? workingDirectory = null, Action<string>? write = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
            WorkingDirectory = workingDirectory ?? "",
        };
        if (environment is not null)
        {
            start.Environment.Clear();
            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }
        }

        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            return (127, exception.Message);
        }

        using (process)
        {
            process.StandardInput.Close();
            var output = new System.Text.StringBuilder();
            try
            {
                await Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
                await process.WaitForExitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }

            return (process.ExitCode, output.ToString());

            async Task ReadAsync(StreamReader reader)
            {
                while (await reader.ReadLineAsync(cancellationToken) is { } line)
                {
                    lock (output)
                    {
                        output.AppendLine(line);
                    }

                    write?.Invoke(line);
                }
            }
        }
    }
}
