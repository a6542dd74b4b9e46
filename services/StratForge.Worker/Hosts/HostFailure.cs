using System.Text;

namespace StratForge.Worker.Hosts;

/// <summary>Why a session ended, as its owner reads it.</summary>
/// <param name="Code">One of <see cref="HostFailure"/>'s constants, or what the host itself reported.</param>
/// <param name="Detail">A sentence for the strategy's author, at most 2 KiB.</param>
internal sealed record HostFailure(string Code, string Detail)
{
    /// <summary>A sentence for the strategy's author, whoever wrote it, fit for a table and a page.</summary>
    public string Detail { get; } = Readable(Detail);

    public const string SandboxUnavailable = "SANDBOX_UNAVAILABLE";
    public const string RuntimeUnavailable = "RUNTIME_UNAVAILABLE";
    public const string InitTimeout = "INIT_TIMEOUT";
    public const string EventTimeout = "EVENT_TIMEOUT";
    public const string CpuLimit = "CPU_LIMIT";
    public const string MemoryLimit = "MEMORY_LIMIT";
    public const string ThreadLimit = "THREAD_LIMIT";
    public const string OutputLimit = "OUTPUT_LIMIT";
    public const string SignalLimit = "SIGNAL_LIMIT";
    public const string TickLimit = "TICK_LIMIT";
    public const string ProtocolError = "PROTOCOL_ERROR";
    public const string ForbiddenSyscall = "FORBIDDEN_SYSCALL";
    public const string StrategyError = "STRATEGY_ERROR";
    public const string Crashed = "CRASHED";
    public const string Exited = "EXITED";
    public const string CompileError = "COMPILE_ERROR";
    public const string CompileTimeout = "COMPILE_TIMEOUT";
    public const string DataGap = "DATA_GAP";
    public const string DataCorrupt = "DATA_CORRUPT";
    public const string SignalRefused = "SIGNAL_REFUSED";
    public const string Unexpected = "UNEXPECTED";

    private const int MaxDetail = 2_048;

    /// <summary>Text that an untrusted process wrote, fit for a table and a page: bounded, control characters shown, not obeyed.</summary>
    public static string Readable(ReadOnlySpan<char> text, int maxLength = MaxDetail)
    {
        var readable = new StringBuilder(Math.Min(text.Length, maxLength));
        foreach (var character in text)
        {
            if (readable.Length >= maxLength)
            {
                return readable.Append('…').ToString();
            }

            if (character is '\n' or '\t' || !(char.IsControl(character) || char.IsSurrogate(character)))
            {
                readable.Append(character);
            }
            else if (char.IsSurrogate(character))
            {
                // Half a pair can't be stored; whole pairs are rare in a diagnosis.
                readable.Append('\ufffd');
            }
            else
            {
                readable.Append($"\\u{(int)character:x4}");
            }
        }

        return readable.ToString();
    }

    /// <summary>What an end means that nobody asked for.</summary>
    /// <param name="exit">How the process ended.</param>
    /// <param name="lastWords">End of what it wrote to its log.</param>
    public static HostFailure OfExit(HostExit exit, string lastWords)
    {
        var (code, what) = exit switch
        {
            { Signal: Posix.SigSys } => (ForbiddenSyscall, "The strategy made a system call that is forbidden to it."),
            { Signal: Posix.SigKill } => (MemoryLimit, "The system ended the strategy's process, most likely for the memory it used."),
            { Signal: { } signal } => (Crashed, $"The strategy's process crashed (signal {signal})."),
            { Code: 0 } => (Exited, "The strategy's process ended by itself."),
            _ when IsOutOfMemory(lastWords) => (MemoryLimit, "The strategy used more memory than it may."),
            _ => (Crashed, $"The strategy's process ended with exit code {exit.Code}."),
        };
        if (code == Crashed && IsOutOfMemory(lastWords))
        {
            (code, what) = (MemoryLimit, "The strategy used more memory than it may.");
        }

        return new HostFailure(code, lastWords.Length == 0 ? what : $"{what}\n{lastWords}");
    }

    /// <summary>What nobody expected. The exception itself is for the log.</summary>
    public static HostFailure OfSurprise(Exception exception) =>
        new(Unexpected, $"Something happened that the platform does not expect ({exception.GetType().Name}). Its operator finds more in the worker's log.");

    /// <summary>What a host holds too much of; null when it does not.</summary>
    public static HostFailure? OfUsage(HostUsage usage, HostLimits limits)
    {
        if (usage.ResidentMemory > limits.ResidentMemory)
        {
            return new HostFailure(MemoryLimit, $"The strategy's process used more than {limits.ResidentMemory >> 20} MiB of memory.");
        }

        return usage.Threads > limits.Threads
            ? new HostFailure(ThreadLimit, $"The strategy's process had {usage.Threads} threads; {limits.Threads} are allowed.")
            : null;
    }

    /// <summary>It wrote more to its log than anybody reads.</summary>
    public static HostFailure OfFlood(HostLimits limits) =>
        new(OutputLimit, $"The strategy wrote more than {limits.LogFlood >> 20} MiB within a minute.");

    /// <summary>Whether what a host said speaks of memory it could not get.</summary>
    public static bool IsOutOfMemory(string lastWords) =>
        lastWords.Contains("Out of memory", StringComparison.OrdinalIgnoreCase) ||
        lastWords.Contains("OutOfMemoryException", StringComparison.Ordinal) ||
        lastWords.Contains("MemoryError", StringComparison.Ordinal);
}
