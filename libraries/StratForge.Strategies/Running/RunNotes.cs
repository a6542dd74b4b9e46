using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using StratForge.Contracts.Hosting;

namespace StratForge.Strategies.Running;

/// <summary>What a strategy logs, plots and marks until the next answer takes it along.</summary>
internal sealed class RunNotes
{
    private const int MostText = 2_000;
    private const int MostName = 64;
    private const int Overhead = 48;

    private readonly List<LogLine> _logs = [];
    private readonly List<PlotFrame> _plots = [];
    private readonly List<MarkFrame> _marks = [];
    private int _eventBytes;
    private int _bytes;
    private bool _dropped;

    public IReadOnlyList<LogLine> Logs => _logs;

    public IReadOnlyList<PlotFrame> Plots => _plots;

    public IReadOnlyList<MarkFrame> Marks => _marks;

    /// <summary>More would not fit into one answer.</summary>
    public bool AreFull => _bytes >= HostProtocol.NotesThatEndAChunk;

    /// <summary>The next event has an allowance of its own.</summary>
    public void BeginEvent()
    {
        _eventBytes = 0;
        _dropped = false;
    }

    /// <summary>They were handed on.</summary>
    public void Clear()
    {
        if (_bytes == 0 && _logs.Count == 0)
        {
            return;
        }

        _logs.Clear();
        _plots.Clear();
        _marks.Clear();
        _bytes = 0;
        BeginEvent();
    }

    public void Log(string level, string? message, object? fields)
    {
        if (level is not ("debug" or "info" or "warning" or "error"))
        {
            throw new ArgumentException($"'{level}' is not a log level: debug, info, warning and error are.", nameof(level));
        }

        var text = Cut(message ?? string.Empty, MostText);
        var json = fields is null ? null : SignalJson.Json(fields, "The fields of a log line");
        if (json is [not (byte)'{', ..])
        {
            throw new ArgumentException("The fields of a log line are an object: new { rsi = 30 }.", nameof(fields));
        }

        if (Allows(SizeOf(text) + (json?.Length ?? 0)))
        {
            _logs.Add(new LogLine(level, text, json));
        }
    }

    public void Plot(string name, double value, long atMs)
    {
        if (name is not { Length: > 0 and <= MostName })
        {
            throw new ArgumentException($"The name of a line has 1 to {MostName} characters.", nameof(name));
        }

        // What is not known yet is not drawn.
        if (double.IsFinite(value) && Allows(SizeOf(name)))
        {
            _plots.Add(new PlotFrame(name, atMs, value));
        }
    }

    public void Mark(string text, double? price, long atMs)
    {
        if (price is { } at && !double.IsFinite(at))
        {
            throw new ArgumentException($"{at.ToString(CultureInfo.InvariantCulture)} is not a price.", nameof(price));
        }

        var cut = Cut(text ?? string.Empty, 200);
        if (Allows(SizeOf(cut)))
        {
            _marks.Add(new MarkFrame(atMs, cut, price));
        }
    }

    private bool Allows(int bytes)
    {
        if (_dropped)
        {
            return false;
        }

        _eventBytes += bytes + Overhead;
        if (_eventBytes <= HostProtocol.MaxNotesPerEvent)
        {
            _bytes += bytes + Overhead;
            return true;
        }

        _dropped = true;
        _logs.Add(new LogLine("warning", "More was logged in this event than is kept; the rest of it is dropped.", null));
        return false;
    }

    private static string Cut(string text, int most) => text.Length > most ? text[..most] : text;

    private static int SizeOf(string text) => JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes.Length;
}

/// <summary>One line of a strategy's log.</summary>
/// <param name="Level">How bad it is.</param>
/// <param name="Message">The text.</param>
/// <param name="Fields">A JSON object; null when none.</param>
internal readonly record struct LogLine(string Level, string Message, byte[]? Fields);
