using System.Diagnostics;

namespace StratForge.Chaos.Tests;

/// <summary>A service as it ships, in a process of its own; it can be killed and comes back at the same address.</summary>
/// <param name="service">Name of its project.</param>
/// <param name="address">Where it answers.</param>
/// <param name="environment">Its settings.</param>
internal sealed class PlatformProcess(string service, Uri address, Dictionary<string, string> environment) : IDisposable
{
    private const int WordsKept = 60;

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly Queue<string> _lastWords = new();
    private Process? _process;

    public Uri Address => address;

    public bool HasExited => _process?.HasExited != false;

    /// <summary>The end of what it logged.</summary>
    public string LastWords
    {
        get
        {
            lock (_lastWords)
            {
                return $"{service} at {address}:\n{string.Join('\n', _lastWords)}";
            }
        }
    }

    public void Start()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(ProgramFolder(service), $"{service}.dll")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process?.Dispose();
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Remember(line.Data);
        _process.ErrorDataReceived += (_, line) => Remember(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Ends it at once, as the loss of its machine would.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>What it says of itself; null while it does not answer.</summary>
    public async Task<string?> HealthAsync()
    {
        try
        {
            return await Http.GetStringAsync(new Uri(address, "/health"));
        }
        catch (Exception silent) when (silent is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process?.Dispose();
    }

    private void Remember(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lastWords)
        {
            _lastWords.Enqueue(line);
            if (_lastWords.Count > WordsKept)
            {
                _lastWords.Dequeue();
            }
        }
    }

    // Output folders look alike in all projects: bin/<configuration>/<framework>, with whatever lies between for another binding.
    private static string ProgramFolder(string service)
    {
        var own = AppContext.BaseDirectory.TrimEnd('/');
        var project = own[..own.IndexOf("/bin/", StringComparison.Ordinal)];
        return Path.GetFullPath(Path.Combine(project, "..", "..", "services", service, own[(project.Length + 1)..]));
    }
}
