using System.Diagnostics;
using StratForge.LocalHosting.BackingServices;

namespace StratForge.LocalHosting.Running;

/// <summary>Stops what we started when we are gone without having done so ourselves: after <c>kill -9</c> or a crash.</summary>
/// <remarks>
/// A shell in a session of its own reads what to stop from a pipe that only we hold open; the kernel closes it when we end, however that
/// happens. A parent-death signal would not do: it does not reach grandchildren, and changing the user (Postgres) clears it. What the
/// pipe could not tell in time is found by a mark in the environment that all descendants inherit.
/// <para>
/// A signal to a group is written <c>kill -s TERM -- "-$g"</c>: behind <c>-TERM</c> the shell of Debian and Ubuntu takes <c>--</c> for a number. A
/// server that has to be killed takes its children along: those of Postgres are in sessions of their own and hold on to its memory.
/// </para>
/// <para>
/// A folder is removed last, and again until it is gone: a backend of Postgres is in a session of its own, has overwritten its environment,
/// and may be writing a checkpoint after its postmaster was killed. Such a process has its working directory in the folder, and unlike the shell of
/// somebody who looks around there it has no terminal.
/// </para>
/// </remarks>
internal sealed class Watchdog : IDisposable
{
    /// <summary>The variable all descendants carry; its value is one run of this process.</summary>
    public const string MarkName = "STRATFORGE_RUN";

    private const string Script = """
        trap '' INT TERM HUP QUIT PIPE
        exec >/dev/null 2>&1
        groups='' servers='' folders='' containers=''
        while read -r verb what rest; do
          case $verb in
            group) groups="$groups $what" ;;
            server) servers="$servers $what" ;;
            folder) folders="$folders $what" ;;
            container) containers="$containers $what:$rest" ;;
            ended)
              next=''; for g in $groups; do [ "$g" = "$what" ] || next="$next $g"; done; groups=$next
              next=''; for g in $servers; do [ "$g" = "$what" ] || next="$next $g"; done; servers=$next ;;
            removed)
              next=''; for f in $folders; do [ "$f" = "$what" ] || next="$next $f"; done; folders=$next ;;
          esac
        done
        alive() { for g in "$@"; do kill -s 0 -- "-$g" && return 0; done; return 1; }
        for g in $groups; do kill -s TERM -- "-$g"; done
        n=0; while [ $n -lt 40 ] && alive $groups; do sleep 0.1; n=$((n + 1)); done
        for g in $groups; do kill -s KILL -- "-$g"; done
        for s in $servers; do kill -s INT "$s"; done
        n=0; while [ $n -lt 80 ] && alive $servers; do sleep 0.1; n=$((n + 1)); done
        left=''; for s in $servers; do left="$left $(cat /proc/"$s"/task/*/children)"; done
        for s in $servers; do kill -s KILL -- "-$s"; done
        kill -s KILL $left
        for c in $containers; do "${c%%:*}" rm -f "${c#*:}"; done
        for e in $(grep -lzx "$MARK" /proc/[0-9]*/environ); do p=${e#/proc/}; kill -s KILL "${p%/environ}"; done
        writers() {
          for c in /proc/[0-9]*/cwd; do
            case "$(readlink "$c")/" in "$1"/*) ;; *) continue ;; esac
            p=${c#/proc/}; p=${p%/cwd}
            read -r stat < "/proc/$p/stat" || continue
            set -- "$1" ${stat##*) }
            [ "$6" = 0 ] && echo "$p"
          done
        }
        for f in $folders; do
          real=$(cd "$f" && pwd -P) || real=$f
          n=0
          while [ $n -lt 100 ]; do
            left=$(writers "$real"); [ -z "$left" ] || kill -s KILL $left
            rm -rf "$f"
            [ -z "$left" ] && [ ! -e "$f" ] && break
            sleep 0.1; n=$((n + 1))
          done
        done
        """;

    private static readonly Lazy<Watchdog> s_shared = new(() => new Watchdog());

    private readonly Lock _writing = new();
    private readonly Process _process;

    private Watchdog()
    {
        Mark = $"{Environment.ProcessId}-{Process.GetCurrentProcess().StartTime.Ticks:x}";
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        OwnSession.Prefix(start, ["/bin/sh", "-c", ScriptOf(Mark)]);
        start.Environment.Remove(MarkName);
        _process = Process.Start(start)!;
    }

    public static Watchdog Shared => s_shared.Value;

    /// <summary>The value of <see cref="MarkName"/> in the environment of everything this process starts.</summary>
    public string Mark { get; }

    /// <summary>What the shell runs; it has the mark of its run in it, by which <see cref="EarlierRun"/> finds it.</summary>
    internal static string ScriptOf(string mark) => Script.Replace("$MARK", $"{MarkName}={mark}", StringComparison.Ordinal);

    /// <summary>A process group that is to end with us: SIGTERM, then SIGKILL after four seconds.</summary>
    public void StopGroupAtEnd(int group) => Tell($"group {group}");

    /// <summary>A server that is stopped after the groups, by SIGINT to its main process, so that it can write its data; SIGKILL after eight seconds.</summary>
    public void StopServerAtEnd(int process) => Tell($"server {process}");

    public void Ended(int group) => Tell($"ended {group}");

    /// <summary>A container that a killed client would leave behind.</summary>
    public void RemoveContainerAtEnd(string client, string name) => Tell($"container {client} {name}");

    /// <summary>A folder that goes when we are gone, and with it every process without a terminal that works in it.</summary>
    /// <exception cref="ArgumentException">Its path has blanks: the shell would remove something else.</exception>
    public void RemoveAtEnd(string folder)
    {
        if (folder.Any(char.IsWhiteSpace))
        {
            throw new ArgumentException($"A path with blanks can't be removed: '{folder}'.", nameof(folder));
        }

        Tell($"folder {folder}");
    }

    public void Removed(string folder) => Tell($"removed {folder}");

    public void Dispose() => _process.Dispose();

    private void Tell(string line)
    {
        lock (_writing)
        {
            try
            {
                _process.StandardInput.WriteLine(line);
                _process.StandardInput.Flush();
            }
            catch (IOException)
            {
                // Someone killed the watchdog. Nothing is lost as long as we end orderly.
            }
        }
    }
}

/// <summary>Starts a program as leader of a session and process group of its own, without another process in between.</summary>
internal static class OwnSession
{
    private static readonly string? s_setsid = Programs.Find("setsid");

    public static void Prefix(ProcessStartInfo start, IReadOnlyList<string> command)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new DistributedApplicationException("Native processes are run on Linux and macOS; on Windows start the application with UseAspire=true.");
        }

        if (s_setsid is not null)
        {
            start.FileName = s_setsid;
        }
        else
        {
            // macOS has no setsid program, but always a perl.
            start.FileName = "/usr/bin/perl";
            start.ArgumentList.Add("-e");
            start.ArgumentList.Add("use POSIX; POSIX::setsid(); exec @ARGV or die");
        }

        foreach (var part in command)
        {
            start.ArgumentList.Add(part);
        }
    }
}
