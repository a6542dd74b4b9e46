using System.Globalization;
using System.Text.RegularExpressions;

namespace StratForge.LocalHosting.Running;

/// <summary>A run that was killed while its <see cref="Watchdog"/> is still ending what it left: it has its data and its ports yet.</summary>
/// <remarks>Seen by /proc; on systems without it nobody is waited for.</remarks>
internal static partial class EarlierRun
{
    // Longer than a watchdog takes that has to kill everybody: 4 s for services, 8 s for servers.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>Waits until the run of this mark is over.</summary>
    /// <param name="mark">See <see cref="Watchdog.Mark"/>.</param>
    /// <param name="data">The folder it uses, for a sentence.</param>
    /// <param name="say">Tells the person at the terminal when there is something to wait for.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="DistributedApplicationException">It takes too long.</exception>
    public static async Task WaitForAsync(string mark, string data, Action<string> say, CancellationToken cancellationToken)
    {
        var ending = Ending().Where(run => run.Mark == mark).Select(run => run.Watchdog).ToArray();
        if (ending.Length == 0)
        {
            return;
        }

        say($"Waiting for the last run with the data in {data}, which is still ending.");
        if (!await ProcessTree.GoneAsync(ending, s_patience, cancellationToken: cancellationToken))
        {
            throw new DistributedApplicationException(
                $"The last run with the data in {data} has not ended within {s_patience.TotalSeconds:0} s: process {ending[0].Id} is still at it.");
        }
    }

    /// <summary>Waits, for some time, until all runs are over that were killed.</summary>
    /// <param name="port">A port that one of them may have, for a sentence.</param>
    /// <param name="say">Tells the person at the terminal when there is something to wait for.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task WaitForPortAsync(int port, Action<string> say, CancellationToken cancellationToken)
    {
        var ending = Ending().Select(run => run.Watchdog).ToArray();
        if (ending.Length > 0)
        {
            say($"Port {port} is taken; waiting for an earlier run that is still ending.");
            await ProcessTree.GoneAsync(ending, s_patience, cancellationToken: cancellationToken);
        }
    }

    /// <summary>All watchdogs of this machine that are alone: whom they watch over is gone.</summary>
    private static IEnumerable<((int Id, ulong Began) Watchdog, string Mark)> Ending()
    {
        foreach (var process in ProcessTree.All())
        {
            if (MarkIn(process.Id) is { } mark && process.Parent != int.Parse(mark[..mark.IndexOf('-')], CultureInfo.InvariantCulture))
            {
                yield return ((process.Id, process.Began), mark);
            }
        }
    }

    private static string? MarkIn(int id)
    {
        try
        {
            var command = File.ReadAllText($"/proc/{id}/cmdline");
            return command.StartsWith("/bin/sh\0-c\0", StringComparison.Ordinal) && Mark().Match(command) is { Success: true } found
                ? found.Groups["mark"].Value
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [GeneratedRegex($@"{Watchdog.MarkName}=(?<mark>[0-9]{{1,9}}-[0-9a-f]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Mark();
}
