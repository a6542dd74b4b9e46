using StratForge.LocalHosting.Running;

namespace StratForge.LocalHosting.BackingServices;

/// <summary>Installs packages on Debian and its kin, as root or with a sudo that asks for no password.</summary>
internal static class AptInstaller
{
    private const string PolicyFile = "/usr/sbin/policy-rc.d";

    // In our policy file, so that one which a killed run left behind is known as ours, and goes.
    private const string PolicyMark = "stratforge-installs";

    private static readonly SemaphoreSlim s_oneAtATime = new(1, 1);
    private static bool s_updated;

    public static async Task<bool> IsPossibleAsync(CancellationToken cancellationToken)
    {
        if (Programs.Find("apt-get") is null || !OperatingSystem.IsLinux())
        {
            return false;
        }

        return NativeMethods.IsRoot
            || (Programs.Find("sudo") is { } sudo && (await Command.RunAsync(sudo, ["-n", "true"], cancellationToken)).ExitCode == 0);
    }

    /// <param name="what">For people: <c>Postgres</c>.</param>
    /// <param name="packages">Tried in order until one can be installed.</param>
    /// <param name="alreadyThere">Asked again once it is our turn: another process may have installed it meanwhile.</param>
    /// <param name="say">Tells the person at the terminal.</param>
    /// <param name="write">Takes what apt-get writes.</param>
    /// <param name="cancellationToken">Stops waiting. A package that is being installed is finished first: one left halfway has to be repaired by hand.</param>
    /// <exception cref="DistributedApplicationException">None of the packages could be installed.</exception>
    public static async Task InstallAsync(
        string what, IReadOnlyList<string> packages, Func<bool> alreadyThere, Action<string> say, Action<string> write, CancellationToken cancellationToken)
    {
        await s_oneAtATime.WaitAsync(cancellationToken);
        try
        {
            await using var turn = await TakeTurnAsync(cancellationToken);
            if (alreadyThere())
            {
                return;
            }

            say($"{what} is not installed here. Installing it with apt-get ({packages[0]}); this happens once.");
            await using var quiet = await StartNoServicesAsync(cancellationToken);
            if (!s_updated)
            {
                await AptAsync(["update"], write, cancellationToken);
                s_updated = true;
            }

            var failure = "";
            await using var patience = cancellationToken.Register(() => say($"Finishing the installation of {what} first."));
            foreach (var package in packages)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var (exitCode, output) = await AptAsync(["install", "-y", "--no-install-recommends", package], write, CancellationToken.None);
                if (exitCode == 0 && alreadyThere())
                {
                    say($"{what} is installed.");
                    return;
                }

                failure = string.Join('\n', output.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(8));
            }

            throw new DistributedApplicationException($"apt-get could not install {what}:\n{failure}\nInstall it by hand: apt-get install {packages[0]}");
        }
        finally
        {
            s_oneAtATime.Release();
        }
    }

    private static Task<(int ExitCode, string Output)> AptAsync(string[] arguments, Action<string> write, CancellationToken cancellationToken)
    {
        string[] command =
        [
            "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3", .. arguments,
        ];
        return RunAsRootAsync(command, write, cancellationToken);
    }

    private static Task<(int ExitCode, string Output)> RunAsRootAsync(string[] command, Action<string>? write, CancellationToken cancellationToken) =>
        NativeMethods.IsRoot
            ? Command.RunAsync("/usr/bin/env", command[0] == "env" ? command[1..] : command, cancellationToken, write: write)
            : Command.RunAsync("sudo", ["-n", .. command], cancellationToken, write: write);

    /// <summary>Among processes: a file everybody may lock, held until disposed of.</summary>
    private static async Task<FileStream> TakeTurnAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetTempPath(), $"stratforge-install-{Environment.UserName}.lock");
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
            }
        }
    }

    /// <summary>The packages would start system servers of their own, on the usual ports, and create a cluster nobody uses.</summary>
    private static async Task<IAsyncDisposable> StartNoServicesAsync(CancellationToken cancellationToken)
    {
        const string clusterFolder = "/etc/postgresql-common";
        const string clusterFile = clusterFolder + "/createcluster.conf";
        var script = $"mkdir -p {clusterFolder}; [ -e {clusterFile} ] || echo 'create_main_cluster = false' > {clusterFile}";
        var ours = !File.Exists(PolicyFile) || (await File.ReadAllTextAsync(PolicyFile, cancellationToken)).Contains(PolicyMark, StringComparison.Ordinal);
        if (ours)
        {
            script += $"; printf '#!/bin/sh\\n# {PolicyMark}\\nexit 101\\n' > {PolicyFile}; chmod 755 {PolicyFile}";
        }

        await RunAsRootAsync(["sh", "-c", script], null, cancellationToken);
        return new Undo(ours ? () => RunAsRootAsync(["rm", "-f", PolicyFile], null, CancellationToken.None) : () => Task.CompletedTask);
    }

    private sealed class Undo(Func<Task> undo) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await undo();
    }
}
