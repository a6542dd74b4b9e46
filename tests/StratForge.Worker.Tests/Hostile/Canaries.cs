using System.Net;
using System.Net.Sockets;

namespace StratForge.Worker.Tests.Hostile;

/// <summary>What a strategy that got out would find: a file that anybody may read and write, listeners of four kinds, a secret in the
/// environment. Each notices.</summary>
internal sealed class Canaries : IDisposable
{
    private const string Variable = "STRATFORGE_TEST_SECRET";

    private readonly string _folder = Directory.CreateTempSubdirectory("stratforge-canaries-").FullName;
    private readonly Socket _tcp = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket _unix = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Socket _abstract = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _secret = $"secret-{Platform.NewId():n}";
    private readonly string _marker = $"traces-{Platform.NewId():n}";

    public Canaries()
    {
        File.WriteAllText(Path.Combine(_folder, "secret.txt"), _secret);
        const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        Permit(Path.Combine(_folder, "secret.txt"), Everybody);
        _tcp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _unix.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder, "socket")));
        Permit(Path.Combine(_folder, "socket"), Everybody);
        _abstract.Bind(new UnixDomainSocketEndPoint("\0" + _marker));
        _tcp.Listen();
        _unix.Listen();
        _abstract.Listen();
        Environment.SetEnvironmentVariable(Variable, _secret);
        Permit(_folder, Everybody | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    /// <summary>A source that knows where to look.</summary>
    public string Show(string source) => source
        .Replace("__FOLDER__", _folder, StringComparison.Ordinal)
        .Replace("__MARKER__", _marker, StringComparison.Ordinal)
        .Replace("__TCP__", $"{((IPEndPoint)_tcp.LocalEndPoint!).Port}", StringComparison.Ordinal)
        .Replace("__UDP__", $"{((IPEndPoint)_udp.LocalEndPoint!).Port}", StringComparison.Ordinal)
        .Replace("__WORKER__", WorkerPrograms.Worker, StringComparison.Ordinal);

    /// <summary>What they noticed.</summary>
    public IReadOnlyList<string> Noticed()
    {
        var noticed = new List<string>();
        foreach (var (name, socket) in ((string, Socket)[])[("tcp", _tcp), ("udp", _udp), ("unix", _unix), ("abstract", _abstract)])
        {
            if (socket.Poll(TimeSpan.Zero, SelectMode.SelectRead))
            {
                noticed.Add($"something came to the {name} socket");
            }
        }

        if (File.ReadAllText(Path.Combine(_folder, "secret.txt")) != _secret)
        {
            noticed.Add("the file was changed");
        }

        string[] places = [_folder, "/", "/tmp", "/var/tmp", "/dev/shm", "/run", Environment.CurrentDirectory, WorkerPrograms.Worker];
        noticed.AddRange(places
            .Where(Directory.Exists)
            .SelectMany(place => Directory.EnumerateFileSystemEntries(place))
            .Where(path => path.Contains(_marker, StringComparison.Ordinal)));
        noticed.AddRange(Directory.EnumerateFileSystemEntries(_folder).Select(path => Path.GetFileName(path)).Except(["secret.txt", "socket"], StringComparer.Ordinal));
        return noticed;
    }

    private static void Permit(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        foreach (var socket in (Socket[])[_tcp, _udp, _unix, _abstract])
        {
            socket.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }
}
