using System.Globalization;
using Npgsql;

namespace StratForge.Benchmarks.Measuring;

/// <summary>The server process behind a connection to this machine's own Postgres.</summary>
internal sealed class PostgresProcess
{
    private readonly int _pid;

    private PostgresProcess(int pid) => _pid = pid;

    /// <summary>CPU time of the server and all of its processes so far, those of ended connections included.</summary>
    public TimeSpan Cpu => ProcessTree.CpuOf(_pid);

    /// <summary>Where its program lies, and with it the client programs of the same version.</summary>
    public string ProgramFolder => Path.GetDirectoryName(File.ResolveLinkTarget($"/proc/{_pid}/exe", returnFinalTarget: true)!.FullName)!;

    public static async Task<PostgresProcess> FindAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("select current_setting('data_directory')");
        var folder = (string)(await command.ExecuteScalarAsync())!;

        // Its first line is the process id of the server (documented with pg_ctl).
        var lines = await File.ReadAllLinesAsync(Path.Combine(folder, "postmaster.pid"));
        return new PostgresProcess(int.Parse(lines[0], CultureInfo.InvariantCulture));
    }
}
