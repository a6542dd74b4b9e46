using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using StratForge.LocalHosting.Running;

namespace StratForge.LocalHosting.BackingServices;

/// <summary>The folder below which everything lives that outlasts a run: databases, generated secrets.</summary>
/// <remarks>
/// <c>~/.local/share/stratforge</c>; for root <c>/var/lib/stratforge</c>, because servers run as users of their own then, and those may not
/// enter root's home. The variable STRATFORGE_DATA names another one. An ephemeral root is a new folder that goes when the process goes.
/// </remarks>
internal sealed class DataRoot : IDisposable
{
    private readonly string? _named;
    private readonly Lazy<string> _path;
    private readonly Lazy<ParameterStore> _parameters;
    private FileStream? _lock;

    public DataRoot(string? configured, bool ephemeral)
    {
        Ephemeral = ephemeral;
        _named = configured is { Length: > 0 } ? System.IO.Path.GetFullPath(configured) : null;
        _path = new(Create);
        _parameters = new(() => new ParameterStore(System.IO.Path.Combine(Path, "parameters.json")));
    }

    public bool Ephemeral { get; }

    public string Path => _path.Value;

    public ParameterStore Parameters => _parameters.Value;

    /// <summary>Makes sure that no other run uses the same folder. One that was killed and is still ending is waited for.</summary>
    /// <param name="say">Tells the person at the terminal what is waited for.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="DistributedApplicationException">Another one does.</exception>
    public async Task AcquireAsync(Action<string> say, CancellationToken cancellationToken)
    {
        var file = System.IO.Path.Combine(Path, "lock");
        try
        {
            _lock = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new DistributedApplicationException(
                $"Another run of the application uses the data in {Path}. Stop it, or start this one with --ephemeral or another folder in STRATFORGE_DATA.",
                exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new DistributedApplicationException($"{Path} can't be written: {exception.Message}", exception);
        }

        // The lock goes with a process that is killed, before its servers do. So it says whose they are.
        using var reader = new StreamReader(_lock, leaveOpen: true);
        await EarlierRun.WaitForAsync((await reader.ReadToEndAsync(cancellationToken)).Trim(), Path, say, cancellationToken);
        _lock.SetLength(0);
        _lock.Write(System.Text.Encoding.ASCII.GetBytes($"{Watchdog.Shared.Mark}\n"));
        _lock.Flush();
    }

    /// <summary>A folder below the root, created when absent.</summary>
    public string Folder(params string[] parts)
    {
        var folder = System.IO.Path.Combine([Path, .. parts]);
        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>What a container's volume is called for this root, whose secrets its data knows: its own name in the usual folder, another one for each
    /// folder that was named; null, which is a volume that goes with its container, when nothing is kept.</summary>
    public string? VolumeOf(string name) =>
        Ephemeral ? null
        : _named is not null ? $"{name}-{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(_named)))[..10]}"
        : name;

    public void Dispose()
    {
        _lock?.Dispose();
        _lock = null;
        if (Ephemeral && _path.IsValueCreated)
        {
            TemporaryFolder.Remove(Path);
        }
    }

    private string Create()
    {
        if (Ephemeral)
        {
            var name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(5));
            var temporary = TemporaryFolder.Reserve($"stratforge-{name}");
            MakeEnterable(temporary);
            return temporary;
        }

        var root = _named ?? (NativeMethods.IsRoot
            ? "/var/lib/stratforge"
            : System.IO.Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "stratforge"));
        try
        {
            MakeEnterable(root);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException(
                $"The data folder {root} can't be created: {exception.Message} Name another one in STRATFORGE_DATA.", exception);
        }

        return root;
    }

    // Others may pass through (Postgres does, when it runs as a user of its own) but not list; secrets in it are 0600.
    private static void MakeEnterable(string folder)
    {
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }
    }
}

/// <summary>Generated secrets, kept in a file only its owner can read.</summary>
internal sealed class ParameterStore(string path)
{
    private readonly Lock _writing = new();

    /// <summary>The value kept under the key; the first caller's is kept.</summary>
    public string GetOrAdd(string key, Func<string> create)
    {
        lock (_writing)
        {
            var values = Read();
            if (values[key]?.GetValue<string>() is { } known)
            {
                return known;
            }

            var created = create();
            values[key] = created;
            Write(values);
            return created;
        }
    }

    private JsonObject Read()
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            return JsonNode.Parse(File.ReadAllText(path))?.AsObject() ?? [];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Going on with new secrets would lock everybody out of the databases that know the old ones.
            throw new DistributedApplicationException($"{path} is damaged: {exception.Message} Restore it, or remove the whole folder to begin anew.", exception);
        }
    }

    private void Write(JsonObject values)
    {
        var written = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(written, options))
        {
            using var writer = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
            values.WriteTo(writer);
            writer.Flush();
            file.Flush(flushToDisk: true);
        }

        File.Move(written, path, overwrite: true);
    }
}
