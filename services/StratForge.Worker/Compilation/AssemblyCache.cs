using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using StratForge.Worker.Hosts;
using StratForge.Worker.Signals;

namespace StratForge.Worker.Compilation;

/// <summary>Compiled strategies on disk, so that a restart does not compile again.</summary>
/// <remarks>An entry is found by a hash of the source and of the host programs that compile and run it. It runs in the cage like any other,
/// but it trades in the name of the source's author: whoever could put another one in its place would trade with that author's money.
/// So each is sealed with the credential that the platform's services share, and one whose seal does not fit is not there.</remarks>
internal sealed partial class AssemblyCache
{
    private const int MaxEntries = 512;
    private const long MaxBytes = 256L * 1024 * 1024;
    private const int SealSize = HMACSHA256.HashSizeInBytes;

    private readonly string _directory;
    private readonly byte[] _sealKey;
    private readonly TimeProvider _clock;
    private readonly ILogger<AssemblyCache> _logger;
    private readonly Lazy<byte[]> _hostVersion;

    public AssemblyCache(
        IOptions<WorkerOptions> options,
        IOptions<GatewayOptions> gateway,
        HostPrograms programs,
        IConfiguration configuration,
        TimeProvider clock,
        ILogger<AssemblyCache> logger)
    {
        _logger = logger;
        _clock = clock;
        _sealKey = HMACSHA256.HashData(Encoding.UTF8.GetBytes(gateway.Value.Internal.Key), "compiled strategies"u8);
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

            var entry = await File.ReadAllBytesAsync(path, cancellationToken);
            if (entry.Length <= SealSize || !CryptographicOperations.FixedTimeEquals(entry.AsSpan(0, SealSize), Seal(key, entry.AsSpan(SealSize))))
            {
                LogBrokenSeal(key);
                File.Delete(path);
                return null;
            }

            // The one used last is dropped last.
            File.SetLastWriteTimeUtc(path, _clock.GetUtcNow().UtcDateTime);
            return entry[SealSize..];
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
            await File.WriteAllBytesAsync(draft, [.. Seal(key, assembly), .. assembly], cancellationToken);
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

    private string PathOf(string key) => Path.Combine(_directory, key + ".sealed");

    // Over the key too: an entry put under another name is as wrong as one from elsewhere.
    private byte[] Seal(string key, ReadOnlySpan<byte> assembly)
    {
        using var seal = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _sealKey);
        seal.AppendData(Encoding.UTF8.GetBytes(key));
        seal.AppendData(assembly);
        return seal.GetHashAndReset();
    }

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

    [LoggerMessage(LogLevel.Warning, "The compiled strategy kept under {Key} does not bear this platform's seal: it was damaged, put there by someone else, or sealed with another credential. It is compiled anew")]
    private partial void LogBrokenSeal(string key);

    [LoggerMessage(LogLevel.Warning, "A compiled strategy can't be kept for later: {Reason}")]
    private partial void LogNotKept(string reason);
}
