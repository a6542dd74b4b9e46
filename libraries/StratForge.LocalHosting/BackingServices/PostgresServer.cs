using System.Diagnostics;
using StratForge.LocalHosting.Running;

namespace StratForge.LocalHosting.BackingServices;

/// <summary>One Postgres to start from native binaries.</summary>
/// <param name="DataDirectory">Created by initdb when absent.</param>
/// <param name="Durable">False: what a power cut would lose does not matter, and it starts faster.</param>
internal sealed record PostgresSpec(string DataDirectory, int Port, string UserName, string Password, bool Durable);

/// <summary>Finds Postgres binaries, initialises a data directory and says how to start the server.</summary>
internal static class PostgresServer
{
    // Longer than a server takes that is killed at last.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <returns>Null when there are no binaries.</returns>
    /// <exception cref="DistributedApplicationException">The data directory can't be used.</exception>
    public static async Task<LaunchPlan?> PlanAsync(
        PostgresSpec spec, IReadOnlyDictionary<string, string> inherited, Action<string> write, CancellationToken cancellationToken)
    {
        var binaries = Binaries().ToArray();
        if (binaries.Length == 0)
        {
            return null;
        }

        var account = NativeMethods.IsRoot ? Account.ForServers() : null;
        var prefix = account?.Prefix ?? [];
        var environment = ServerEnvironment(inherited);
        var folder = await MatchingAsync(binaries, spec.DataDirectory, cancellationToken);
        await WaitForEarlierAsync(spec.DataDirectory, write, cancellationToken);
        if (!File.Exists(Path.Combine(spec.DataDirectory, "PG_VERSION")))
        {
            await InitialiseAsync(spec, folder, account, environment, write, cancellationToken);
        }

        // A socket's address holds 107 bytes; in a deeper folder it does without.
        var socketFolder = spec.DataDirectory.Length <= 85 ? spec.DataDirectory : "";
        string[] settings =
        [
            $"port={spec.Port}", "listen_addresses=localhost", $"unix_socket_directories={socketFolder}",
            "max_connections=200", "jit=off", "max_wal_size=2GB", "checkpoint_timeout=15min",
            // Without these it survives its own death but not the machine's. Commits are still written before they are answered.
            .. spec.Durable ? [] : new[] { "fsync=off", "full_page_writes=off" },
        ];
        return new LaunchPlan(
            Path.Combine(folder, "postgres"), ["-D", spec.DataDirectory, .. settings.SelectMany(setting => new[] { "-c", setting })], "/", environment)
        {
            IsServer = true,
            Disposable = !spec.Durable,
            UserPrefix = prefix,
        };
    }

    /// <summary>Waits for a server with the same data that is still ending.</summary>
    private static async Task WaitForEarlierAsync(string dataDirectory, Action<string> write, CancellationToken cancellationToken)
    {
        if (Postmaster(dataDirectory) is not { } postmaster)
        {
            return;
        }

        write($"Waiting for process {postmaster.Id}, a Postgres that still has the data in {dataDirectory}.");
        if (!await ProcessTree.GoneAsync([(postmaster.Id, postmaster.Began)], s_patience, collected: true, cancellationToken))
        {
            throw new DistributedApplicationException(
                $"Process {postmaster.Id}, a Postgres, has the data in {dataDirectory} and has not ended within {s_patience.TotalSeconds:0} s. "
                + (postmaster.IsZombie ? $"It is dead, but nobody collects it: remove {dataDirectory}/postmaster.pid." : $"Stop it: kill -INT {postmaster.Id}"));
        }
    }

    // A server that was killed leaves its file behind, and its number may be another process's by now: a postmaster works in its data. A dead one
    // that its parent has not taken notice of yet works nowhere, and is taken for a living one by the next.
    private static (int Id, int Parent, ulong Began, bool IsZombie)? Postmaster(string dataDirectory)
    {
        try
        {
            var said = NumberAndFolder(dataDirectory);
            return int.TryParse(said[0], out var id) && ProcessTree.Find(id) is { } found
                && (found.IsZombie || NumberAndFolder($"/proc/{id}/cwd").SequenceEqual(said)) ? found : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        static string[] NumberAndFolder(string folder) => [.. File.ReadLines(Path.Combine(folder, "postmaster.pid")).Append("").Take(2)];
    }

    /// <summary>Folders that hold both programs, the best first.</summary>
    private static IEnumerable<string> Binaries()
    {
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return onPath
            .Concat(Programs.Folders("/usr/lib/postgresql", "*", "bin"))
            .Concat(Programs.Folders("/usr", "pgsql-*", "bin"))
            .Concat(Programs.Folders("/opt/homebrew/opt", "postgresql*", "bin"))
            .Concat(Programs.Folders("/usr/local/opt", "postgresql*", "bin"))
            .Where(folder => Programs.IsExecutable(Path.Combine(folder, "initdb")) && Programs.IsExecutable(Path.Combine(folder, "postgres")))
            .Select(Real)
            .Distinct(StringComparer.Ordinal);

        // The programs find their shared files from where they really are.
        static string Real(string folder) =>
            Path.GetDirectoryName(File.ResolveLinkTarget(Path.Combine(folder, "postgres"), returnFinalTarget: true)?.FullName) ?? folder;
    }

    /// <summary>The binaries of the major version that wrote the data; a data directory is not readable by another one.</summary>
    private static async Task<string> MatchingAsync(string[] binaries, string dataDirectory, CancellationToken cancellationToken)
    {
        var versionFile = Path.Combine(dataDirectory, "PG_VERSION");
        if (!File.Exists(versionFile))
        {
            return binaries[0];
        }

        var written = (await File.ReadAllTextAsync(versionFile, cancellationToken)).Trim();
        foreach (var folder in binaries)
        {
            var (_, output) = await Command.RunAsync(Path.Combine(folder, "postgres"), ["--version"], cancellationToken);
            if (output.Contains($") {written}", StringComparison.Ordinal))
            {
                return folder;
            }
        }

        throw new DistributedApplicationException(
            $"The data in {dataDirectory} was written by Postgres {written}, which is not installed here any more. Install it, or move that folder away to begin anew.");
    }

    private static async Task InitialiseAsync(
        PostgresSpec spec, string folder, Account? account, IReadOnlyDictionary<string, string> environment, Action<string> write,
        CancellationToken cancellationToken)
    {
        var parent = Path.GetDirectoryName(spec.DataDirectory)!;
        Directory.CreateDirectory(parent);
        if (account is not null && Account.FirstClosedFolder(parent) is { } closed)
        {
            throw new DistributedApplicationException(
                $"Postgres does not run as root, so it runs as '{account.Name}', who may not enter {closed}. Name a data folder outside of it in STRATFORGE_DATA.");
        }

        // Built beside its place and moved there when whole: an interrupted initdb leaves nothing that looks finished.
        var building = spec.DataDirectory + ".new";
        var passwordFile = spec.DataDirectory + ".password";
        if (Directory.Exists(building))
        {
            Directory.Delete(building, recursive: true);
        }

        try
        {
            Directory.CreateDirectory(building, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            await using (var file = new FileStream(passwordFile, new FileStreamOptions
            {
                Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }))
            {
                await file.WriteAsync(System.Text.Encoding.UTF8.GetBytes(spec.Password + "\n"), cancellationToken);
            }

            if (account is not null)
            {
                NativeMethods.ChangeOwner(building, account.UserId, account.GroupId);
                NativeMethods.ChangeOwner(passwordFile, account.UserId, account.GroupId);
            }

            var began = Stopwatch.GetTimestamp();
            string[] arguments =
            [
                "-D", building, $"--username={spec.UserName}", $"--pwfile={passwordFile}", "--auth-host=scram-sha-256", "--auth-local=scram-sha-256",
                "--encoding=UTF8", "--locale=C", .. spec.Durable ? [] : new[] { "--no-sync" },
            ];
            string[] command = [.. account?.Prefix ?? [], Path.Combine(folder, "initdb"), .. arguments];
            var (exitCode, output) = await Command.RunAsync(command[0], command[1..], cancellationToken, environment, "/");
            if (exitCode != 0)
            {
                throw new DistributedApplicationException($"initdb could not create {spec.DataDirectory}:\n{output.Trim()}");
            }

            Directory.Move(building, spec.DataDirectory);
            write($"Initialised {spec.DataDirectory} in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s.");
        }
        finally
        {
            File.Delete(passwordFile);
        }
    }

    private static Dictionary<string, string> ServerEnvironment(IReadOnlyDictionary<string, string> inherited)
    {
        // PG* variables of the caller would be taken for the server's settings.
        string[] passed = ["PATH", "TZ", "LD_LIBRARY_PATH", "TMPDIR"];
        var environment = passed.Where(inherited.ContainsKey).ToDictionary(name => name, name => inherited[name], StringComparer.Ordinal);
        environment["LC_ALL"] = "C";
        return environment;
    }
}
