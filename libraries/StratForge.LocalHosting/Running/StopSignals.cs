using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace StratForge.LocalHosting.Running;

/// <summary>Ctrl+C, SIGTERM and SIGHUP stop the application; a second one kills it. So does the end of the <c>dotnet run</c> we were started by.</summary>
internal sealed class StopSignals : IDisposable
{
    private static readonly TimeSpan s_lookForParent = TimeSpan.FromSeconds(1);

    // A signal to a whole process group arrives twice: by itself, and passed on by "dotnet run".
    private static readonly TimeSpan s_sameGesture = TimeSpan.FromSeconds(1.5);

    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ApplicationEngine _engine;
    private readonly int _parent = NativeMethods.ParentProcessId();
    private readonly Timer? _lookForParent;
    private int _signals;
    private long _first;

    public StopSignals(IHostApplicationLifetime lifetime, ApplicationEngine engine)
    {
        (_lifetime, _engine) = (lifetime, engine);
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT })
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));
        }

        // "dotnet run" passes signals on, except the one it can't see: SIGKILL. Any other parent may go without taking us along.
        if (ParentIsDotnetRun())
        {
            _lookForParent = new Timer(_ => OnLook(), null, s_lookForParent, s_lookForParent);
        }
    }

    public void Dispose()
    {
        _lookForParent?.Dispose();
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private bool ParentIsDotnetRun()
    {
        try
        {
            var parts = File.ReadAllText($"/proc/{_parent}/cmdline").Split('\0');
            return Path.GetFileName(parts[0]) == "dotnet" && parts.Contains("run");
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void OnLook()
    {
        if (NativeMethods.ParentProcessId() != _parent)
        {
            _lifetime.StopApplication();
        }
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) == 1)
        {
            _first = Stopwatch.GetTimestamp();
            _lifetime.StopApplication();
        }
        else if (Stopwatch.GetElapsedTime(_first) > s_sameGesture)
        {
            _engine.KillEverything();
            Environment.Exit(130);
        }
    }
}
