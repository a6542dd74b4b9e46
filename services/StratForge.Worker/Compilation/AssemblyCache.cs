using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using StratForge.Worker.Hosts;

namespace StratForge.Worker.Compilation;

/// <summary>Compiled strategies on disk, so that a restart does not compile again.</summary>
/// <remarks>An entry is found by a hash of the source and of the host programs that compile and run it. A wrong entry could do no more
/// harm than a wrong strategy: it runs in the same cage.</remarks>
internal sealed partial class AssemblyCache
{
    private const int MaxEntries = 512;
    private const long MaxBytes = 256L * 1024 * 1024;

    private readonly string _directory;
    private readonly ILogger<AssemblyCache> _logger;
    private readonly Lazy<byte[]> _hostVersion;

    public AssemblyCache(
        IOptions<WorkerOptions> options, HostPrograms programs, IConfiguration configuration, ILogger<AssemblyCache> logger)
    {
        _logger = logger;
        _directory = options.Value.CacheDirectory is { Length: > 0 } given ? given
            : configuration["STRATFORGE_DATA"] is { Length: > 0 } data ? Path.Combine(data, "assemblies")
            : Path.Combine(Path.GetTempPath(), $"stratforge-assemblies-{Environment.UserName}");
        _hostVersion = new Lazy<byte[]>(() => VersionOf(programs.Launcher));
    }

    /// <summary>The key of a source.</summary>
    public string KeyOf(string source)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(_hostVersion.Value);
        hash.AppendData(Encoding.UTF8.GetBytes(source));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The assembly under <paramref name="key"/>; null when there is none.</summary>
    public async Task<byte[]?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        try
        {
            if (!File.Exists(path))
            {
                return null;
            }

            var assembly = await File.ReadAllBytesAsync(path, cancellationToken);
            File.SetLastWriteTimeUtc(path, File.GetLastAccessTimeUtc(path));
            return assembly;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps an assembly, and drops the oldest beyond the bounds. A disk that refuses costs time later, nothing else.</summary>
    public async Task KeepAsync(string key, byte[] assembly, CancellationToken cancellationToken)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && !Directory.Exists(_directory))
            {
                Directory.CreateDirectory(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            // Renamed when whole: another worker on this machine may read it at any moment.
            var draft = Path.Combine(_directory, $"{key}.{Environment.ProcessId}.draft");
            await File.WriteAllBytesAsync(draft, assembly, cancellationToken);
            File.Move(draft, PathOf(key), overwrite: true);
            Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotKept(exception.Message);
        }
    }

    private void Trim()
    {
        var count = 0;
        var bytes = 0L;
        foreach (var file in new DirectoryInfo(_directory).GetFiles().OrderByDescending(file => file.LastWriteTimeUtc))
        {
            count++;
            bytes += file.Length;
            if (count > MaxEntries || bytes > MaxBytes)
            {
                file.Delete();
            }
        }
    }

    private string PathOf(string key) => Path.Combine(_directory, key + ".dll");

    // Every assembly beside the launcher: what a strategy is compiled against decides what it compiles to.
    private static byte[] VersionOf(string launcher)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in Directory.GetFiles(Path.GetDirectoryName(launcher)!, "StratForge.*.dll").Order(StringComparer.Ordinal))
        {
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(path)));
        }

        return hash.GetHashAndReset();
    }

    [LoggerMessage(LogLevel.Warning, "A compiled strategy can't be kept for later: {Reason}")]
    private partial void LogNotKept(string reason);
}
